using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>
/// Saves what a consumer group has done, beside its loop: reading ahead does not wait for the disk. Acknowledgements of a short time are saved
/// together; what is lost with a crash before is delivered again.
/// </summary>
internal sealed class ProgressSaver(GroupSettings settings, ConsumerGroupStore store, OwnedSlots slots, Lock gate, Action saved, Action<SqliteException> failed)
{
    private static readonly TimeSpan SaveDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FaultDelay = TimeSpan.FromSeconds(1);

    private Task _saving = Task.CompletedTask;

    /// <summary>When to save next; the caller holds the lock.</summary>
    public DateTimeOffset DueAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Completes when nothing is being saved.</summary>
    public Task Idle => _saving;

    /// <summary>Something was done; says whether that set a new time. The caller holds the lock.</summary>
    public bool Schedule(DateTimeOffset now)
    {
        if (DueAt != DateTimeOffset.MaxValue)
        {
            return false;
        }

        DueAt = now + SaveDelay;
        return true;
    }

    /// <summary>Begins to save when it is time to.</summary>
    public void SaveIfDue(DateTimeOffset now)
    {
        lock (gate)
        {
            if (now < DueAt || !_saving.IsCompleted)
            {
                return;
            }

            DueAt = DateTimeOffset.MaxValue;
            var unsaved = slots.Unsaved();
            _saving = unsaved.Count == 0 ? Task.CompletedTask : SaveAsync(unsaved);
        }
    }

    private async Task SaveAsync(List<(SlotProgress Slot, SlotState State)> unsaved)
    {
        try
        {
            await settings.Database.WriteAsync(
                static (connection, save) => save.store.Save(connection, save.states, giveUp: false),
                (store, states: unsaved.ConvertAll(static pair => pair.State)),
                CancellationToken.None);
            lock (gate)
            {
                unsaved.ForEach(static pair => pair.Slot.Saved(pair.State));
            }
        }
        catch (SqliteException exception)
        {
            failed(exception);
            lock (gate)
            {
                DueAt = settings.TimeProvider.GetUtcNow() + FaultDelay;
            }
        }

        saved();
    }
}
