namespace Dapr.Actors.Runtime;

/// <summary>A value, if there is one.</summary>
#pragma warning disable CA1815 // The official struct has no equality either.
public struct ConditionalValue<TValue>(bool hasValue, TValue value)
{
    /// <summary>Whether there is a value.</summary>
    public bool HasValue { get; } = hasValue;

    /// <summary>The value, or its type's default.</summary>
    public TValue Value { get; } = value;
}
#pragma warning restore CA1815
