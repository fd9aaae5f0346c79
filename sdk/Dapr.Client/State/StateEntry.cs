using Dapr.Client;

namespace Dapr;

/// <summary>A value of a state store with its key and ETag: change <see cref="Value"/>, then save it.</summary>
public sealed class StateEntry<TValue>(DaprClient client, string storeName, string key, TValue value, string etag)
{
    private readonly DaprClient _client = client ?? throw new ArgumentNullException(nameof(client));

    /// <summary>The state store.</summary>
    public string StoreName { get; } = storeName ?? throw new ArgumentNullException(nameof(storeName));

    /// <summary>The key.</summary>
    public string Key { get; } = key ?? throw new ArgumentNullException(nameof(key));

    /// <summary>The value.</summary>
    public TValue Value { get; set; } = value;

    /// <summary>The ETag that the value was read with.</summary>
    public string ETag { get; } = etag;

    /// <summary>Deletes the key, whatever its ETag is now.</summary>
    public Task DeleteAsync(StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
        => _client.DeleteStateAsync(StoreName, Key, stateOptions, metadata, cancellationToken);

    /// <summary>Saves the value, whatever its ETag is now.</summary>
    public Task SaveAsync(StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
        => _client.SaveStateAsync(StoreName, Key, Value, stateOptions, metadata, cancellationToken);

    /// <summary>Saves the value unless somebody changed it in between; says whether it did.</summary>
    public Task<bool> TrySaveAsync(StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
        => _client.TrySaveStateAsync(StoreName, Key, Value, ETag, stateOptions, metadata, cancellationToken);

    /// <summary>Deletes the key unless somebody changed its value in between; says whether it did.</summary>
    public Task<bool> TryDeleteAsync(StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
        => _client.TryDeleteStateAsync(StoreName, Key, ETag, stateOptions, metadata, cancellationToken);
}
