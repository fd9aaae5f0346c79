namespace Dapr.Actors.Runtime;

/// <summary>Names something that calls an actor at a time.</summary>
public abstract class ActorToken
{
    private protected ActorToken(string actorType, ActorId actorId, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(actorType);
        ArgumentNullException.ThrowIfNull(actorId);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ActorType = actorType;
        ActorId = actorId;
        Name = name;
    }

    /// <summary>The actor type.</summary>
    public string ActorType { get; }

    /// <summary>The actor's id.</summary>
    public ActorId ActorId { get; }

    /// <summary>The timer's or reminder's name.</summary>
    public string Name { get; }
}

/// <summary>Names a timer of an actor.</summary>
public class ActorTimerToken : ActorToken
{
    /// <summary>A timer of an actor.</summary>
    public ActorTimerToken(string actorType, ActorId actorId, string name)
        : base(actorType, actorId, name)
    {
    }
}

/// <summary>Names a reminder of an actor.</summary>
public class ActorReminderToken : ActorToken
{
    /// <summary>A reminder of an actor.</summary>
    public ActorReminderToken(string actorType, ActorId actorId, string name)
        : base(actorType, actorId, name)
    {
    }
}
