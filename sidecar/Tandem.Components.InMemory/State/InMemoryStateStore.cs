using System.Runtime.CompilerServices;
using Tandem.Components.State;

namespace Tandem.Components.InMemory.State;

/// <summary><c>state.in-memory</c>: state that ends with the process; for tests and trials.</summary>
internal sealed class InMemoryStateStore(TimeProvider timeProvider)
    : ITransactionalStateStore, IKeyListingStateStore, IPrefixDeletingStateStore, IExpiringStateStore
{
    private const int SweepEvery = 1024;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, StateItem> _items = new(StringComparer.Ordinal);
    private int _expiringWrites;

    /// <inheritdoc/>
    public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(Find(key, timeProvider.GetUtcNow()));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<StateItem?>>([.. keys.Select(key => Find(key, now))]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<StateOutcome> SetAsync(StateSet request, CancellationToken cancellationToken) => ExecuteAsync([request], cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateOutcome> DeleteAsync(StateDelete request, CancellationToken cancellationToken) => ExecuteAsync([request], cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateOutcome> ExecuteAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            // Operations see the ones before them, so what was there before is kept to undo them.
            var undo = new List<(string Key, StateItem? Before)>(operations.Count);
            foreach (var operation in operations)
            {
                var current = Find(operation.Key, now);
                if (!Fits(operation, current))
                {
                    Undo(undo);
                    return ValueTask.FromResult(StateOutcome.ETagMismatch);
                }

                undo.Add((operation.Key, current));
                Apply(operation, now);
            }

            SweepNowAndThen(now);
        }

        return ValueTask.FromResult(StateOutcome.Done);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StateItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<StateItem> found;
        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            found = [.. _items.Values.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal) && IsLive(item, now))];
        }

        foreach (var item in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }

        await ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<long> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var keys = _items.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            keys.ForEach(key => _items.Remove(key));
            return ValueTask.FromResult((long)keys.Count);
        }
    }

    private static bool IsLive(StateItem item, DateTimeOffset now) => item.ExpiresAt is not { } end || end > now;

    private static bool Fits(StateOperation operation, StateItem? current)
        => operation.ETag is { } etag
            ? current?.ETag == etag
            : current is null || operation is StateDelete || operation.Concurrency == StateConcurrency.LastWrite;

    private StateItem? Find(string key, DateTimeOffset now) => _items.TryGetValue(key, out var item) && IsLive(item, now) ? item : null;

    private void Apply(StateOperation operation, DateTimeOffset now)
    {
        if (operation is not StateSet set)
        {
            _items.Remove(operation.Key);
            return;
        }

        _expiringWrites += set.TimeToLive is null ? 0 : 1;
        _items[set.Key] = new StateItem(set.Key, set.Value.ToArray(), Guid.NewGuid().ToString(), now + set.TimeToLive);
    }

    private void Undo(List<(string Key, StateItem? Before)> steps)
    {
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            var (key, before) = steps[i];
            if (before is null)
            {
                _items.Remove(key);
            }
            else
            {
                _items[key] = before;
            }
        }
    }

    private void SweepNowAndThen(DateTimeOffset now)
    {
        if (_expiringWrites < SweepEvery)
        {
            return;
        }

        _expiringWrites = 0;
        foreach (var key in _items.Values.Where(item => !IsLive(item, now)).Select(static item => item.Key).ToList())
        {
            _items.Remove(key);
        }
    }
}
