namespace Dapr.Actors.Runtime;

/// <summary>Registers actors' timers and reminders; a test can put its own in its place.</summary>
public abstract class ActorTimerManager
{
    /// <summary>Registers a reminder, in the place of one of the same name.</summary>
    public abstract Task RegisterReminderAsync(ActorReminder reminder);

    /// <summary>A reminder, or null.</summary>
    public abstract Task<IActorReminder?> GetReminderAsync(ActorReminderToken reminder);

    /// <summary>Removes a reminder.</summary>
    public abstract Task UnregisterReminderAsync(ActorReminderToken reminder);

    /// <summary>Registers a timer, in the place of one of the same name.</summary>
    public abstract Task RegisterTimerAsync(ActorTimer timer);

    /// <summary>Removes a timer.</summary>
    public abstract Task UnregisterTimerAsync(ActorTimerToken timer);
}
