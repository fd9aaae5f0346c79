using Tandem.Runtime.Actors.Scheduling;
using Tandem.Runtime.Actors.Turns;

namespace Tandem.Runtime.Actors.Reminders;

/// <summary>A reminder that this host watches over.</summary>
internal sealed class ReminderEntry(ReminderEngine engine, string key) : DueItem
{
    /// <summary>The key under which it is stored.</summary>
    public string Key { get; } = key;

    /// <summary>One change of the reminder at a time, stored and in memory together.</summary>
    public ActorTurnLock Changes { get; } = new();

    /// <summary>The reminder as stored; <see langword="null"/> when there is none (yet).</summary>
    public StoredReminder? Reminder { get; set; }

    /// <summary>Grows with every registration: what fired is only written forward when it is still the same reminder.</summary>
    public int Generation { get; set; }

    /// <summary>How often it failed since it last went well.</summary>
    public int Failures { get; set; }

    /// <summary>The app has had this time's call, and only the writing of it failed.</summary>
    public bool HasFired { get; set; }

    /// <summary>The app said that it wants no more of it, and only the deleting failed.</summary>
    public bool IsCancelled { get; set; }

    /// <inheritdoc/>
    protected internal override void OnDue() => engine.OnDue(this);
}
