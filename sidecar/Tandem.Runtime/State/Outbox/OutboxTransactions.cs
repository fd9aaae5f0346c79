using System.Collections.Concurrent;

namespace Tandem.Runtime.State.Outbox;

/// <summary>What became of a transaction.</summary>
internal enum OutboxFate
{
    /// <summary>This process does not know: it was another's, or an earlier one's, or the store gave no answer.</summary>
    Unknown,

    /// <summary>It is stored.</summary>
    Committed,

    /// <summary>Nothing of it is stored.</summary>
    RolledBack,
}

/// <summary>The transactions of this process, by the markers that they store: so that their events need not ask the store again and again.</summary>
internal sealed class OutboxTransactions(TimeProvider timeProvider)
{
    /// <summary>Events come at once; one that comes later asks the store.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<OutboxFate>> _fates = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(DateTimeOffset Ended, string Marker)> _ended = new();

    /// <summary>A transaction begins that stores these markers.</summary>
    public void Begin(IReadOnlyList<string> markers)
    {
        var fate = new TaskCompletionSource<OutboxFate>(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var marker in markers)
        {
            _fates[marker] = fate;
        }
    }

    /// <summary>The transaction of these markers has ended.</summary>
    public void End(IReadOnlyList<string> markers, OutboxFate fate)
    {
        var now = timeProvider.GetUtcNow();
        foreach (var marker in markers)
        {
            _ended.Enqueue((now, marker));
            if (_fates.TryGetValue(marker, out var waiting))
            {
                waiting.TrySetResult(fate);
            }
        }

        while (_ended.TryPeek(out var oldest) && oldest.Ended + KeptFor < now && _ended.TryDequeue(out oldest))
        {
            _fates.TryRemove(oldest.Marker, out _);
        }
    }

    /// <summary>The fate of the transaction that stores this marker, once it has ended.</summary>
    public Task<OutboxFate> FateOfAsync(string marker) => _fates.TryGetValue(marker, out var fate) ? fate.Task : Task.FromResult(OutboxFate.Unknown);
}
