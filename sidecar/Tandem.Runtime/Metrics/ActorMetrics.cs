namespace Tandem.Runtime.Metrics;

/// <summary>What the actors of the app do.</summary>
public sealed class ActorMetrics
{
    private readonly Measure<Counter> _pending;
    private readonly Measure<Counter> _timers;
    private readonly Measure<Counter> _timersFired;
    private readonly Measure<Counter> _remindersFired;
    private readonly Measure<Counter> _activated;
    private readonly Measure<Counter> _deactivated;
    private readonly Measure<Counter> _deactivationsFailed;
    private readonly Measure<Counter> _rebalanced;

    internal ActorMetrics(MetricRegistry registry)
    {
        _pending = Add("pending_actor_calls", MetricKind.Gauge, "The number of calls that wait for their actor's turn.");
        _timers = Add("timers", MetricKind.Gauge, "The number of timers of active actors.");
        _timersFired = Add("timers_fired_total", MetricKind.Counter, "The number of timers that fired.", "success");
        _remindersFired = Add("reminders_fired_total", MetricKind.Counter, "The number of reminders that fired.", "success");
        _activated = Add("activated_total", MetricKind.Counter, "The number of actors that became active.");
        _deactivated = Add("deactivated_total", MetricKind.Counter, "The number of actors that were deactivated.");
        _deactivationsFailed = Add("deactivated_failed_total", MetricKind.Counter, "The number of actors whose app could not deactivate them.");
        _rebalanced = Add("rebalanced_total", MetricKind.Counter, "The number of actors that left for another host.");

        Measure<Counter> Add(string name, MetricKind kind, string help, params string[] labels)
            => registry.AddCounter(registry.Labels(["actor_type", .. labels]), null, new Metric($"dapr_runtime_actor_{name}", kind, help));
    }

    /// <summary>The meters of an actor type that the app hosts.</summary>
    public ActorTypeMeters For(string actorType) => new()
    {
        Pending = _pending.Get(actorType),
        Timers = _timers.Get(actorType),
        TimersFired = new(_timersFired.Get(actorType, "true"), _timersFired.Get(actorType, "false")),
        RemindersFired = new(_remindersFired.Get(actorType, "true"), _remindersFired.Get(actorType, "false")),
        Activated = _activated.Get(actorType),
        Deactivated = _deactivated.Get(actorType),
        DeactivationsFailed = _deactivationsFailed.Get(actorType),
        Rebalanced = _rebalanced.Get(actorType),
    };
}

/// <summary>The meters of one actor type.</summary>
public sealed record ActorTypeMeters
{
    /// <summary>Calls that wait for their turn.</summary>
    public required Counter Pending { get; init; }

    /// <summary>Timers that there are.</summary>
    public required Counter Timers { get; init; }

    /// <summary>Timers that fired.</summary>
    public required FiredMeter TimersFired { get; init; }

    /// <summary>Reminders that fired.</summary>
    public required FiredMeter RemindersFired { get; init; }

    /// <summary>Actors that became active.</summary>
    public required Counter Activated { get; init; }

    /// <summary>Actors that were deactivated.</summary>
    public required Counter Deactivated { get; init; }

    /// <summary>Actors whose app could not deactivate them.</summary>
    public required Counter DeactivationsFailed { get; init; }

    /// <summary>Actors that left for another host.</summary>
    public required Counter Rebalanced { get; init; }
}

/// <summary>Counts what fired, apart for success and failure.</summary>
public sealed record FiredMeter(Counter Succeeded, Counter Failed)
{
    /// <summary>It fired.</summary>
    public void Record(bool succeeded) => (succeeded ? Succeeded : Failed).Add();
}
