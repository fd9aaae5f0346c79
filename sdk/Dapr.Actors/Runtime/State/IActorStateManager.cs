namespace Dapr.Actors.Runtime;

/// <summary>
/// An actor's state by name. Changes are kept in memory and saved together, in one transaction, when the method ends;
/// when it throws, they are forgotten.
/// </summary>
public interface IActorStateManager
{
    /// <summary>Adds a value; it is an error when there is one already.</summary>
    Task AddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    /// <summary>Adds a value that expires; it is an error when there is one already.</summary>
    Task AddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>A value; it is a <see cref="KeyNotFoundException"/> when there is none.</summary>
    Task<T> GetStateAsync<T>(string stateName, CancellationToken cancellationToken = default);

    /// <summary>Sets a value, whether there is one or not.</summary>
    Task SetStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    /// <summary>Sets a value that expires, whether there is one or not.</summary>
    Task SetStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>Removes a value; it is a <see cref="KeyNotFoundException"/> when there is none.</summary>
    Task RemoveStateAsync(string stateName, CancellationToken cancellationToken = default);

    /// <summary>Adds a value unless there is one; says whether it did.</summary>
    Task<bool> TryAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    /// <summary>Adds a value that expires unless there is one; says whether it did.</summary>
    Task<bool> TryAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>A value, if there is one.</summary>
    Task<ConditionalValue<T>> TryGetStateAsync<T>(string stateName, CancellationToken cancellationToken = default);

    /// <summary>Removes a value if there is one; says whether it did.</summary>
    Task<bool> TryRemoveStateAsync(string stateName, CancellationToken cancellationToken = default);

    /// <summary>Whether there is a value.</summary>
    Task<bool> ContainsStateAsync(string stateName, CancellationToken cancellationToken = default);

    /// <summary>The value that there is, or else this one, which is added.</summary>
    Task<T> GetOrAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    /// <summary>The value that there is, or else this one, which is added and expires.</summary>
    Task<T> GetOrAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>Adds a value, or changes the one that there is; gives back what it is now.</summary>
    Task<T> AddOrUpdateStateAsync<T>(string stateName, T addValue, Func<string, T, T> updateValueFactory, CancellationToken cancellationToken = default);

    /// <summary>Adds a value, or changes the one that there is; it expires. Gives back what it is now.</summary>
    Task<T> AddOrUpdateStateAsync<T>(string stateName, T addValue, Func<string, T, T> updateValueFactory, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>Forgets what is in memory: changes are lost, and values are read anew.</summary>
    Task ClearCacheAsync(CancellationToken cancellationToken = default);

    /// <summary>Saves the changes now, in one transaction.</summary>
    Task SaveStateAsync(CancellationToken cancellationToken = default);
}
