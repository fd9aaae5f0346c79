namespace Dapr.Actors.Runtime;

/// <summary>The state of one actor, kept in memory between turns.</summary>
internal sealed class ActorStateManager(ActorHost host, TimeProvider time) : IActorStateManager
{
    private readonly Dictionary<string, TrackedState> _between = new(StringComparer.Ordinal);

    // In a chain of calls that may come back to the actor, each call sees what the store has and its own changes,
    // never the unsaved changes of the call that waits for it.
    private readonly AsyncLocal<Dictionary<string, TrackedState>?> _ofCall = new();

    private Dictionary<string, TrackedState> Tracked => _ofCall.Value ?? _between;

    private ActorStateStore Store => host.StateStore
        ?? throw new InvalidOperationException("This actor was made for a test, without a sidecar: give it a state manager of the test's own.");

    private string ActorType => host.ActorTypeInfo.ActorTypeName;

    private DateTimeOffset Now => time.GetUtcNow();

    /// <summary>From here on, in this asynchronous flow, the state is the call's own.</summary>
    public void BeginOwnContext()
    {
        _between.Clear();
        _ofCall.Value = new(StringComparer.Ordinal);
    }

    public async Task AddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default)
        => ThrowUnlessAdded(await TryAddAsync(stateName, value, null, cancellationToken).ConfigureAwait(false), stateName);

    public async Task AddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default)
        => ThrowUnlessAdded(await TryAddAsync(stateName, value, Expiry(ttl), cancellationToken).ConfigureAwait(false), stateName);

    public Task<bool> TryAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default)
        => TryAddAsync(stateName, value, null, cancellationToken);

    public Task<bool> TryAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default)
        => TryAddAsync(stateName, value, Expiry(ttl), cancellationToken);

    public async Task<T> GetStateAsync<T>(string stateName, CancellationToken cancellationToken = default)
        => await TryGetStateAsync<T>(stateName, cancellationToken).ConfigureAwait(false) is { HasValue: true } found
            ? found.Value
            : throw new KeyNotFoundException($"The actor {ActorType}/{host.Id} has no state named '{stateName}'.");

    public async Task<ConditionalValue<T>> TryGetStateAsync<T>(string stateName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateName);
        if (Tracked.TryGetValue(stateName, out var known))
        {
            return known.IsGone(Now) ? default : new(true, (T)known.Value!);
        }

        var loaded = await Store.LoadAsync<T>(ActorType, host.Id, stateName, cancellationToken).ConfigureAwait(false);
        if (!loaded.HasValue)
        {
            return default;
        }

        Tracked[stateName] = new TrackedState(loaded.Value.Value, typeof(T), StateChangeKind.None, loaded.Value.ExpiresAt);
        return new(true, loaded.Value.Value);
    }

    public Task SetStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default) => Set(stateName, value, null);

    public Task SetStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default) => Set(stateName, value, Expiry(ttl));

    public async Task RemoveStateAsync(string stateName, CancellationToken cancellationToken = default)
    {
        if (!await TryRemoveStateAsync(stateName, cancellationToken).ConfigureAwait(false))
        {
            throw new KeyNotFoundException($"The actor {ActorType}/{host.Id} has no state named '{stateName}'.");
        }
    }

    public async Task<bool> TryRemoveStateAsync(string stateName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateName);
        if (Tracked.TryGetValue(stateName, out var known))
        {
            if (known.IsGone(Now))
            {
                return false;
            }

            if (known.Kind == StateChangeKind.Add)
            {
                return Tracked.Remove(stateName);
            }

            known.Change(null, typeof(object), StateChangeKind.Remove, null);
            return true;
        }

        if (!await Store.ContainsAsync(ActorType, host.Id, stateName, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        Tracked[stateName] = new TrackedState(null, typeof(object), StateChangeKind.Remove, null);
        return true;
    }

    public async Task<bool> ContainsStateAsync(string stateName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateName);
        return Tracked.TryGetValue(stateName, out var known)
            ? !known.IsGone(Now)
            : await Store.ContainsAsync(ActorType, host.Id, stateName, cancellationToken).ConfigureAwait(false);
    }

    public Task<T> GetOrAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default)
        => GetOrAddAsync(stateName, value, null, cancellationToken);

    public Task<T> GetOrAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default)
        => GetOrAddAsync(stateName, value, Expiry(ttl), cancellationToken);

    public Task<T> AddOrUpdateStateAsync<T>(string stateName, T addValue, Func<string, T, T> updateValueFactory, CancellationToken cancellationToken = default)
        => AddOrUpdateAsync(stateName, addValue, updateValueFactory, null, cancellationToken);

    public Task<T> AddOrUpdateStateAsync<T>(string stateName, T addValue, Func<string, T, T> updateValueFactory, TimeSpan ttl, CancellationToken cancellationToken = default)
        => AddOrUpdateAsync(stateName, addValue, updateValueFactory, Expiry(ttl), cancellationToken);

    public Task ClearCacheAsync(CancellationToken cancellationToken = default)
    {
        Tracked.Clear();
        return Task.CompletedTask;
    }

    public async Task SaveStateAsync(CancellationToken cancellationToken = default)
    {
        var changes = Tracked.Where(static one => one.Value.Kind != StateChangeKind.None).ToList();
        if (changes.Count == 0)
        {
            return;
        }

        await Store.SaveAsync(ActorType, host.Id, changes, Now, cancellationToken).ConfigureAwait(false);
        foreach (var (name, change) in changes)
        {
            if (change.Kind == StateChangeKind.Remove)
            {
                Tracked.Remove(name);
            }
            else
            {
                change.Kind = StateChangeKind.None;
            }
        }
    }

    private async Task<bool> TryAddAsync<T>(string stateName, T value, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateName);
        if (Tracked.TryGetValue(stateName, out var known))
        {
            if (!known.IsGone(Now))
            {
                return false;
            }

            known.Change(value, typeof(T), StateChangeKind.Update, expiresAt);
            return true;
        }

        if (await Store.ContainsAsync(ActorType, host.Id, stateName, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        Tracked[stateName] = new TrackedState(value, typeof(T), StateChangeKind.Add, expiresAt);
        return true;
    }

    // Whether the store has a value makes no difference to what is saved, so it is not asked.
    private Task Set<T>(string stateName, T value, DateTimeOffset? expiresAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateName);
        if (Tracked.TryGetValue(stateName, out var known))
        {
            known.Change(value, typeof(T), known.Kind == StateChangeKind.Add ? StateChangeKind.Add : StateChangeKind.Update, expiresAt);
        }
        else
        {
            Tracked[stateName] = new TrackedState(value, typeof(T), StateChangeKind.Update, expiresAt);
        }

        return Task.CompletedTask;
    }

    private async Task<T> GetOrAddAsync<T>(string stateName, T value, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        if (await TryGetStateAsync<T>(stateName, cancellationToken).ConfigureAwait(false) is { HasValue: true } found)
        {
            return found.Value;
        }

        await Set(stateName, value, expiresAt).ConfigureAwait(false);
        return value;
    }

    private async Task<T> AddOrUpdateAsync<T>(string stateName, T addValue, Func<string, T, T> updateValueFactory, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(updateValueFactory);
        var found = await TryGetStateAsync<T>(stateName, cancellationToken).ConfigureAwait(false);
        var value = found.HasValue ? updateValueFactory(stateName, found.Value) : addValue;
        await Set(stateName, value, expiresAt).ConfigureAwait(false);
        return value;
    }

    private DateTimeOffset Expiry(TimeSpan ttl)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ttl, TimeSpan.Zero);
        return Now + ttl;
    }

    private void ThrowUnlessAdded(bool added, string stateName)
    {
        if (!added)
        {
            throw new InvalidOperationException($"The actor {ActorType}/{host.Id} has a state named '{stateName}' already.");
        }
    }
}
