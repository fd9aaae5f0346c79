namespace Dapr.Actors.Client;

/// <summary>What every actor proxy can say of itself.</summary>
public interface IActorProxy
{
    /// <summary>The actor's id.</summary>
    ActorId ActorId { get; }

    /// <summary>The actor's type.</summary>
    string ActorType { get; }
}
