namespace Dapr.Client;

/// <summary>How a write treats other writers, and when it counts as done.</summary>
public class StateOptions
{
    /// <summary>When the write counts as done.</summary>
    public ConsistencyMode? Consistency { get; set; }

    /// <summary>What happens when somebody else wrote first.</summary>
    public ConcurrencyMode? Concurrency { get; set; }
}

/// <summary>When a read or write counts as done.</summary>
public enum ConsistencyMode
{
    /// <summary>Other replicas follow.</summary>
    Eventual,

    /// <summary>A quorum, or all, have it.</summary>
    Strong,
}

/// <summary>What happens when somebody else wrote first.</summary>
public enum ConcurrencyMode
{
    /// <summary>The first writer wins: a write without the current ETag fails.</summary>
    FirstWrite,

    /// <summary>The last writer wins.</summary>
    LastWrite,
}

/// <summary>What an operation of a transaction does.</summary>
public enum StateOperationType
{
    /// <summary>Saves the value.</summary>
    Upsert,

    /// <summary>Deletes the key.</summary>
    Delete,
}
