namespace Dapr.Actors.Runtime;

public abstract partial class Actor
{
    /// <summary>Has <see cref="IRemindable.ReceiveReminderAsync"/> called after a time and then again and again; it outlives the actor and the app. A negative period: once.</summary>
    protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[]? state, TimeSpan dueTime, TimeSpan period)
        => RegisterReminderAsync(new ActorReminder(TypeName, Id, reminderName, state, dueTime, period));

    /// <summary>The same, until the time to live is over.</summary>
    protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[]? state, TimeSpan dueTime, TimeSpan period, TimeSpan ttl)
        => RegisterReminderAsync(new ActorReminder(TypeName, Id, reminderName, state, dueTime, period, ttl));

    /// <summary>The same, so many times, until the time to live is over.</summary>
    protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[]? state, TimeSpan dueTime, TimeSpan period, int repetitions, TimeSpan ttl)
        => RegisterReminderAsync(new ActorReminder(TypeName, Id, reminderName, state, dueTime, period, repetitions, ttl));

    /// <summary>The same, so many times.</summary>
    protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[]? state, TimeSpan dueTime, TimeSpan period, int repetitions)
        => RegisterReminderAsync(new ActorReminder(TypeName, Id, reminderName, state, dueTime, period, repetitions));

    /// <summary>A reminder of this actor, or null.</summary>
    protected Task<IActorReminder?> GetReminderAsync(string reminderName) => Host.TimerManager.GetReminderAsync(new ActorReminderToken(TypeName, Id, reminderName));

    /// <summary>Removes a reminder.</summary>
    protected Task UnregisterReminderAsync(IActorReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        return UnregisterReminderAsync(reminder.Name);
    }

    /// <summary>Removes a reminder.</summary>
    protected Task UnregisterReminderAsync(string reminderName) => Host.TimerManager.UnregisterReminderAsync(new ActorReminderToken(TypeName, Id, reminderName));

    /// <summary>Has a method of this actor called after a time and then again and again, while the actor is active. The method takes the bytes, or nothing. A negative period: once.</summary>
    public Task<ActorTimer> RegisterTimerAsync(string? timerName, string callback, byte[]? callbackParams, TimeSpan dueTime, TimeSpan period)
        => RegisterTimerAsync(new ActorTimer(TypeName, Id, TimerName(timerName), callback, callbackParams, dueTime, period));

    /// <summary>The same, until the time to live is over.</summary>
    public Task<ActorTimer> RegisterTimerAsync(string? timerName, string callback, byte[]? callbackParams, TimeSpan dueTime, TimeSpan period, TimeSpan ttl)
        => RegisterTimerAsync(new ActorTimer(TypeName, Id, TimerName(timerName), callback, callbackParams, dueTime, period, ttl));

    /// <summary>Removes a timer.</summary>
    protected Task UnregisterTimerAsync(ActorTimer timer) => Host.TimerManager.UnregisterTimerAsync(timer);

    /// <summary>Removes a timer.</summary>
    protected Task UnregisterTimerAsync(string timerName) => Host.TimerManager.UnregisterTimerAsync(new ActorTimerToken(TypeName, Id, timerName));

    private async Task<IActorReminder> RegisterReminderAsync(ActorReminder reminder)
    {
        if (!Host.ActorTypeInfo.IsRemindable)
        {
            throw new InvalidOperationException($"The actor type {TypeName} has reminders, so its class must implement {nameof(IRemindable)}.");
        }

        await Host.TimerManager.RegisterReminderAsync(reminder).ConfigureAwait(false);
        return reminder;
    }

    private async Task<ActorTimer> RegisterTimerAsync(ActorTimer timer)
    {
        // Said now, to the one who registers it, and not later in a log.
        Host.ActorTypeInfo.Callbacks.Find(timer.TimerCallback);
        await Host.TimerManager.RegisterTimerAsync(timer).ConfigureAwait(false);
        return timer;
    }

    private static string TimerName(string? name) => string.IsNullOrEmpty(name) ? $"timer-{Guid.NewGuid():N}" : name;
}
