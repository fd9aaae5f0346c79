namespace Tandem.Components.State;

/// <summary>A stored value. <paramref name="ExpiresAt"/> is set for values saved with a time to live.</summary>
public sealed record StateItem(string Key, ReadOnlyMemory<byte> Value, string? ETag, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Why this one of several values cannot be shown; <see langword="null"/> when it can.</summary>
    public string? Error { get; init; }
}

/// <summary>One operation of a transaction: a <see cref="StateSet"/> or a <see cref="StateDelete"/>.</summary>
/// <param name="Key">The complete key.</param>
/// <param name="ETag">The ETag that must still be current, or <see langword="null"/>.</param>
/// <param name="Concurrency">What an absent ETag means.</param>
public abstract record StateOperation(string Key, string? ETag, StateConcurrency Concurrency);

/// <summary>Saves a value; with <see cref="StateConcurrency.FirstWrite"/> and no ETag the key must not exist yet.</summary>
/// <param name="TimeToLive">How long the value lives; <see langword="null"/> keeps it for ever.</param>
public sealed record StateSet(
    string Key,
    ReadOnlyMemory<byte> Value,
    string? ETag = null,
    StateConcurrency Concurrency = StateConcurrency.LastWrite,
    TimeSpan? TimeToLive = null) : StateOperation(Key, ETag, Concurrency)
{
    /// <summary>What the caller said of the value beside that, such as <c>contentType</c>; <see langword="null"/> for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>Deletes a key.</summary>
public sealed record StateDelete(string Key, string? ETag = null, StateConcurrency Concurrency = StateConcurrency.LastWrite)
    : StateOperation(Key, ETag, Concurrency);

/// <summary>Who wins when two writers meet.</summary>
public enum StateConcurrency
{
    /// <summary>The later write replaces the earlier one (Dapr's default).</summary>
    LastWrite,

    /// <summary>The first write wins; later ones need the ETag that it left.</summary>
    FirstWrite,
}

/// <summary>What became of a write.</summary>
public enum StateOutcome
{
    /// <summary>Applied and durable.</summary>
    Done,

    /// <summary>The given ETag is not the current one, or the key exists where it must not.</summary>
    ETagMismatch,

    /// <summary>The given ETag cannot be one of this store's.</summary>
    ETagInvalid,

    /// <summary>No ETag was given for a key that only somebody who knows its ETag may replace.</summary>
    ETagRequired,
}
