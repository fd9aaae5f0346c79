namespace Dapr.Actors.Runtime;

/// <summary>A timer: it fires while the actor is active, and is forgotten when it is not.</summary>
public class ActorTimer : ActorTimerToken
{
    /// <summary>A timer without an end.</summary>
    public ActorTimer(string actorType, ActorId actorId, string name, string timerCallback, byte[]? data, TimeSpan dueTime, TimeSpan period)
        : this(actorType, actorId, name, timerCallback, data, dueTime, period, null)
    {
    }

    /// <summary>A timer that ends after a time.</summary>
    public ActorTimer(string actorType, ActorId actorId, string name, string timerCallback, byte[]? data, TimeSpan dueTime, TimeSpan period, TimeSpan ttl)
        : this(actorType, actorId, name, timerCallback, data, dueTime, period, (TimeSpan?)ttl)
    {
    }

    private ActorTimer(string actorType, ActorId actorId, string name, string timerCallback, byte[]? data, TimeSpan dueTime, TimeSpan period, TimeSpan? ttl)
        : base(actorType, actorId, name)
    {
        ArgumentException.ThrowIfNullOrEmpty(timerCallback);
        ScheduleCheck.DueTime(dueTime);
        ScheduleCheck.Ttl(ttl, dueTime);
        TimerCallback = timerCallback;
        Data = data ?? [];
        DueTime = dueTime;
        Period = period;
        Ttl = ttl;
    }

    /// <summary>The method that it calls.</summary>
    public string TimerCallback { get; }

    /// <summary>What it gives the method.</summary>
    public byte[] Data { get; }

    /// <summary>How long until it fires first.</summary>
    public TimeSpan DueTime { get; }

    /// <summary>How long until it fires again; negative when it does not.</summary>
    public TimeSpan Period { get; }

    /// <summary>After how long it ends.</summary>
    public TimeSpan? Ttl { get; }
}

internal static class ScheduleCheck
{
    public static void DueTime(TimeSpan dueTime) => ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);

    public static void Ttl(TimeSpan? ttl, TimeSpan dueTime)
    {
        if (ttl is { } time && (time < TimeSpan.Zero || time < dueTime))
        {
            throw new ArgumentOutOfRangeException(nameof(ttl), ttl, "The time to live may be neither negative nor over before the first firing.");
        }
    }
}
