using System.Globalization;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>How far a consumer group has come in one slot: a position, and the messages before it that are not done yet.</summary>
internal sealed record SlotState(int Slot, long Position, string Pending)
{
    /// <summary>Up to here everything is done.</summary>
    public long DoneUpTo => ParsePending() is [var first, ..] ? first - 1 : Position;

    /// <summary>The messages before the position that are not done, in order.</summary>
    public long[] ParsePending() => Pending.Length == 0
        ? []
        : [.. Pending.Split(',').Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
}

/// <summary>
/// A slot that this process owns: which of its messages were seen, are on their way, are done. Messages finish in any order, so what
/// is saved is the highest that is done, and the few before it that are not.
/// </summary>
internal sealed class SlotProgress
{
    private readonly HashSet<long> _outstanding;
    private readonly List<long> _unseen;
    private readonly long _floor;
    private long _highestDone;
    private SlotState _saved;

    public SlotProgress(SlotState state)
    {
        var pending = state.ParsePending();
        Slot = state.Slot;
        _saved = state;
        _floor = state.Position;
        _highestDone = state.Position;
        _outstanding = [.. pending];
        _unseen = [.. pending];
        ScannedUpTo = state.DoneUpTo;
    }

    public int Slot { get; }

    /// <summary>Up to here the slot's messages have been read.</summary>
    public long ScannedUpTo { get; private set; }

    /// <summary>How many handlers run for the slot at the moment.</summary>
    public int Running { get; set; }

    /// <summary>The slot is to go to another process: nothing of it starts any more.</summary>
    public bool Leaving { get; set; }

    /// <summary>The slot belongs to another process: whatever happens to its messages here counts for nothing.</summary>
    public bool Lost { get; set; }

    /// <summary>Whether a message that was just read is to be delivered; it counts as on its way then.</summary>
    public bool Take(long offset)
    {
        if (offset <= ScannedUpTo || (offset <= _floor && !_outstanding.Contains(offset)))
        {
            return false;
        }

        _unseen.Remove(offset);
        _outstanding.Add(offset);
        return true;
    }

    /// <summary>Everything up to here has been read. What was saved as pending and did not turn up has left the log for good.</summary>
    public void Scanned(long upTo)
    {
        ScannedUpTo = Math.Max(ScannedUpTo, upTo);
        if (_unseen.Count > 0)
        {
            _outstanding.ExceptWith(_unseen.Where(offset => offset <= upTo));
            _unseen.RemoveAll(offset => offset <= upTo);
        }
    }

    /// <summary>A message is done.</summary>
    public void Done(long offset)
    {
        if (_outstanding.Remove(offset))
        {
            _highestDone = Math.Max(_highestDone, offset);
        }
    }

    /// <summary>What is to be saved now; <see langword="null"/> when that is saved already.</summary>
    public SlotState? Unsaved()
    {
        var state = Current();
        return state == _saved ? null : state;
    }

    /// <summary>What is true now.</summary>
    public SlotState Current()
    {
        if (_outstanding.Count == 0)
        {
            return new SlotState(Slot, Math.Max(Math.Max(_floor, _highestDone), ScannedUpTo), "");
        }

        var position = Math.Max(_highestDone, _outstanding.Min() - 1);
        var pending = _outstanding.Where(offset => offset <= position).Order();
        return new SlotState(Slot, position, string.Join(',', pending));
    }

    /// <summary>The state was saved.</summary>
    public void Saved(SlotState state) => _saved = state;
}
