namespace Tandem.Components.Sqlite.PubSub;

/// <summary>The slots of a consumer group that are this process's, and how far each has come. The owner guards it with its lock.</summary>
internal sealed class OwnedSlots
{
    private readonly Dictionary<int, SlotProgress> _slots = [];

    /// <summary>By the slots' numbers.</summary>
    public IReadOnlyDictionary<int, SlotProgress> ByNumber => _slots;

    /// <summary>How far each has come.</summary>
    public List<SlotState> Current() => [.. _slots.Values.Select(static slot => slot.Current())];

    /// <summary>What has changed since it was saved.</summary>
    public List<(SlotProgress Slot, SlotState State)> Unsaved()
        => [.. _slots.Values.Select(static slot => (Slot: slot, State: slot.Unsaved())).Where(static pair => pair.State is not null).Select(static pair => (pair.Slot, pair.State!))];

    /// <summary>Follows a renewed lease: slots that are lost, new, or too many.</summary>
    public void Apply(GroupLease lease)
    {
        foreach (var lost in _slots.Values.Where(slot => !lease.Owned.Any(owned => owned.Slot == slot.Slot)).ToList())
        {
            lost.Lost = true;
            _slots.Remove(lost.Slot);
        }

        foreach (var state in lease.Owned.Where(state => !_slots.ContainsKey(state.Slot)))
        {
            _slots[state.Slot] = new SlotProgress(state);
        }

        foreach (var slot in _slots.Values.Where(static slot => !slot.Leaving).Skip(lease.Share).ToList())
        {
            slot.Leaving = true;
        }
    }

    /// <summary>Gives up the slots that are to leave and for which no handler runs; answers how far they came.</summary>
    public List<SlotState> TakeLeaving()
    {
        var leaving = _slots.Values.Where(static slot => slot.Leaving && slot.Running == 0).ToList();
        foreach (var slot in leaving)
        {
            slot.Lost = true;
            _slots.Remove(slot.Slot);
        }

        return leaving.ConvertAll(static slot => slot.Current());
    }
}
