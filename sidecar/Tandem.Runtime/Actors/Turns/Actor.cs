using Tandem.Runtime.Actors.Scheduling;
using Tandem.Runtime.Actors.Timers;

namespace Tandem.Runtime.Actors.Turns;

/// <summary>An active actor: its turns, its timers, and when it was last used. As a due item it is looked at for idleness.</summary>
internal sealed class Actor(HostedActorType type, string id, long nowTicks) : DueItem
{
    private long _lastUsedTicks = nowTicks;

    /// <summary>The actor's type.</summary>
    public HostedActorType Type { get; } = type;

    /// <summary>The actor ID.</summary>
    public string Id { get; } = id;

    /// <summary>The actor's path in the app.</summary>
    public string Path { get; } = Invocation.ActorRequest.PathOf(type.Settings.Name, id);

    /// <summary>The actor's turns.</summary>
    public ActorTurnLock Turns { get; } = new();

    /// <summary>The actor's timers by name; made when the first is.</summary>
    public Dictionary<string, ActorTimer>? Timers { get; set; }

    /// <summary>When the actor will have been idle for long enough.</summary>
    public DateTimeOffset IdleAt => new DateTimeOffset(Volatile.Read(ref _lastUsedTicks), TimeSpan.Zero) + Type.Settings.IdleTimeout;

    /// <summary>The actor was used.</summary>
    public void Touch(long ticks) => Volatile.Write(ref _lastUsedTicks, ticks);

    /// <inheritdoc/>
    protected internal override void OnDue() => Type.Host.Deactivation.OnMaybeIdle(this);
}
