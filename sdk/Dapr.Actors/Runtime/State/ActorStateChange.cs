namespace Dapr.Actors.Runtime;

/// <summary>What happened to a value since it was last saved.</summary>
public enum StateChangeKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is new.</summary>
    Add = 1,

    /// <summary>It is another.</summary>
    Update = 2,

    /// <summary>It is gone.</summary>
    Remove = 3,
}

/// <summary>One value in an actor's memory.</summary>
internal sealed class TrackedState(object? value, Type type, StateChangeKind kind, DateTimeOffset? expiresAt)
{
    public object? Value { get; private set; } = value;

    public Type Type { get; private set; } = type;

    public StateChangeKind Kind { get; set; } = kind;

    public DateTimeOffset? ExpiresAt { get; private set; } = expiresAt;

    public bool IsGone(DateTimeOffset now) => Kind == StateChangeKind.Remove || (ExpiresAt is { } at && at <= now);

    public void Change(object? value, Type type, StateChangeKind kind, DateTimeOffset? expiresAt)
    {
        Value = value;
        Type = type;
        Kind = kind;
        ExpiresAt = expiresAt;
    }
}
