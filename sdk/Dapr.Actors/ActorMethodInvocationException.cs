namespace Dapr.Actors;

/// <summary>An actor's method failed; the inner <see cref="ActorInvokeException"/> says with what.</summary>
public class ActorMethodInvocationException : DaprApiException
{
    private const string Code = "ERR_ACTOR_INVOKE_METHOD";

    /// <summary>A failure of which nothing is known.</summary>
    public ActorMethodInvocationException()
        : this("The actor's method failed.", isTransient: false)
    {
    }

    /// <summary>Says what failed.</summary>
    public ActorMethodInvocationException(string message, bool isTransient)
        : base(message, Code, isTransient)
    {
    }

    /// <summary>Says what failed and keeps why.</summary>
    public ActorMethodInvocationException(string message, Exception? innerException, bool isTransient)
        : base(message, innerException, Code, isTransient)
    {
    }
}
