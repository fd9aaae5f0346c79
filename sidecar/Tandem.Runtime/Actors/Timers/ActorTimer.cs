using Tandem.Runtime.Actors.Scheduling;
using Tandem.Runtime.Actors.Turns;

namespace Tandem.Runtime.Actors.Timers;

/// <summary>A timer of an active actor. It lives as long as the actor is active, and no longer.</summary>
internal sealed class ActorTimer(ActorTimers timers, Actor actor, string name, ActorPeriod period, byte[] body, DateTimeOffset? expiresAt) : DueItem
{
    /// <summary>Whose timer it is.</summary>
    public Actor Actor { get; } = actor;

    /// <summary>The timer's name.</summary>
    public string Name { get; } = name;

    /// <summary>What the app is sent each time.</summary>
    public byte[] Body { get; } = body;

    /// <summary>How it repeats.</summary>
    public ActorPeriod Period { get; } = period;

    /// <summary>When it ends, when it has an end.</summary>
    public DateTimeOffset? ExpiresAt { get; } = expiresAt;

    /// <summary>How often it fires yet; <see langword="null"/> when for ever.</summary>
    public int? RepetitionsLeft { get; set; } = period.Repetitions;

    /// <inheritdoc/>
    protected internal override void OnDue() => timers.OnDue(this);
}
