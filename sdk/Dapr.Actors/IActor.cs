namespace Dapr.Actors;

/// <summary>The mark of an actor interface: its methods return <see cref="Task"/> or <see cref="Task{TResult}"/>.</summary>
public interface IActor
{
}
