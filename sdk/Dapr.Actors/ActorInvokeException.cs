namespace Dapr.Actors;

/// <summary>What an actor's method threw, as it crossed the wire.</summary>
public class ActorInvokeException : Exception
{
    /// <summary>For a failure that says nothing.</summary>
    public ActorInvokeException()
    {
    }

    /// <summary>The type and message of what was thrown.</summary>
    public ActorInvokeException(string actualExceptionType, string message)
        : base(message)
        => ActualExceptionType = actualExceptionType;

    /// <summary>The full name of the type that was thrown.</summary>
    public string ActualExceptionType { get; } = "";
}
