namespace Dapr.Actors.Runtime;

/// <summary>A reminder: durable, it fires whether the actor is active or not.</summary>
public class ActorReminder : ActorReminderToken, IActorReminder
{
    /// <summary>A reminder without an end.</summary>
    public ActorReminder(string actorType, ActorId actorId, string name, byte[]? state, TimeSpan dueTime, TimeSpan period)
        : this(actorType, actorId, name, state, dueTime, period, null, null)
    {
    }

    /// <summary>A reminder that ends after a time.</summary>
    public ActorReminder(string actorType, ActorId actorId, string name, byte[]? state, TimeSpan dueTime, TimeSpan period, TimeSpan ttl)
        : this(actorType, actorId, name, state, dueTime, period, null, ttl)
    {
    }

    /// <summary>A reminder that ends after so many times.</summary>
    public ActorReminder(string actorType, ActorId actorId, string name, byte[]? state, TimeSpan dueTime, TimeSpan period, int? repetitions)
        : this(actorType, actorId, name, state, dueTime, period, repetitions, null)
    {
    }

    /// <summary>A reminder that ends after so many times or after a time.</summary>
    public ActorReminder(string actorType, ActorId actorId, string name, byte[]? state, TimeSpan dueTime, TimeSpan period, int? repetitions, TimeSpan? ttl)
        : base(actorType, actorId, name)
    {
        ScheduleCheck.DueTime(dueTime);
        ScheduleCheck.Ttl(ttl, dueTime);
        if (repetitions is { } times)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times, nameof(repetitions));
        }

        State = state ?? [];
        DueTime = dueTime;
        Period = period;
        Repetitions = repetitions;
        Ttl = ttl;
    }

    /// <inheritdoc />
    public byte[] State { get; }

    /// <inheritdoc />
    public TimeSpan DueTime { get; }

    /// <inheritdoc />
    public TimeSpan Period { get; }

    /// <summary>After how long it ends.</summary>
    public TimeSpan? Ttl { get; }

    /// <summary>After how many times it ends.</summary>
    public int? Repetitions { get; }
}
