namespace Dapr.Actors.Runtime;

/// <summary>Makes the actors of one type and lets go of them.</summary>
public abstract class ActorActivator
{
    /// <summary>Makes an actor.</summary>
    public abstract Task<ActorActivatorState> CreateAsync(ActorHost host);

    /// <summary>Lets go of an actor.</summary>
    public abstract Task DeleteAsync(ActorActivatorState state);
}

/// <summary>Makes the activators of actor types.</summary>
public abstract class ActorActivatorFactory
{
    /// <summary>Makes the activator of an actor type.</summary>
    public abstract ActorActivator CreateActivator(ActorTypeInformation type);
}

/// <summary>An actor and what its activator must know to let go of it.</summary>
public class ActorActivatorState(Actor actor)
{
    /// <summary>The actor.</summary>
    public Actor Actor { get; } = actor;
}
