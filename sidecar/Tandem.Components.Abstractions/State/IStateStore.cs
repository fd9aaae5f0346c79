namespace Tandem.Components.State;

/// <summary>
/// A state store: values by key, each with an ETag. Keys arrive complete (with the prefix that the runtime puts before them);
/// values are the bytes that the caller saved, JSON in most cases.
/// </summary>
/// <remarks>
/// A store answers expected outcomes (missing key, ETag mismatch) as results and throws only when it cannot do its work.
/// An answer to <see cref="SetAsync"/> or <see cref="DeleteAsync"/> means that the change is durable as far as the store is.
/// </remarks>
public interface IStateStore
{
    /// <summary>Reads one key; <see langword="null"/> when it is missing or expired.</summary>
    ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads several keys in the order asked for, <see langword="null"/> where one is missing.</summary>
    ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>Saves one value under the rules of <see cref="StateSet"/>.</summary>
    ValueTask<StateOutcome> SetAsync(StateSet request, CancellationToken cancellationToken);

    /// <summary>Deletes one key under the rules of <see cref="StateDelete"/>; deleting a missing key without an ETag succeeds.</summary>
    ValueTask<StateOutcome> DeleteAsync(StateDelete request, CancellationToken cancellationToken);
}

/// <summary>A state store that applies several operations at once or not at all (capability TRANSACTIONAL; needed for actors).</summary>
public interface ITransactionalStateStore : IStateStore
{
    /// <summary>Applies all operations in order, or none; the outcome is that of the first one that did not fit.</summary>
    ValueTask<StateOutcome> ExecuteAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken);
}

/// <summary>A state store that lists its keys (capability KEYS_LIKE); actor reminders need it to find themselves again.</summary>
public interface IKeyListingStateStore
{
    /// <summary>Lists the items whose key starts with <paramref name="prefix"/>, ordered by key.</summary>
    IAsyncEnumerable<StateItem> ListAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>A state store that expires values itself (capability TTL).</summary>
public interface IExpiringStateStore;

/// <summary>A state store that deletes many keys in one step (capability DELETE_WITH_PREFIX).</summary>
public interface IPrefixDeletingStateStore
{
    /// <summary>Deletes every key that starts with <paramref name="prefix"/>, all or none, and answers how many there were.</summary>
    ValueTask<long> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken);
}
