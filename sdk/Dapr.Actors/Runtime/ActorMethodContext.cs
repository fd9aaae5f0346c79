namespace Dapr.Actors.Runtime;

/// <summary>Why an actor's method runs.</summary>
public enum ActorCallType
{
    /// <summary>Somebody called it.</summary>
    ActorInterfaceMethod = 0,

    /// <summary>A timer fired.</summary>
    TimerMethod = 1,

    /// <summary>A reminder fired.</summary>
    ReminderMethod = 2,
}

/// <summary>Which of an actor's methods runs, and why.</summary>
#pragma warning disable CA1815 // The official struct has no equality either.
public struct ActorMethodContext
{
    internal ActorMethodContext(string methodName, ActorCallType callType)
    {
        MethodName = methodName;
        CallType = callType;
    }

    /// <summary>The method's name; for a reminder, the reminder's.</summary>
    public string MethodName { get; }

    /// <summary>Why it runs.</summary>
    public ActorCallType CallType { get; }
}
#pragma warning restore CA1815
