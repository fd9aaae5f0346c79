namespace Dapr.Jobs.Models.Responses;

/// <summary>What is known of a job.</summary>
/// <param name="Schedule">When it is due.</param>
public sealed record DaprJobDetails(DaprJobSchedule Schedule)
{
    /// <summary>How often it is due at most, where that was said.</summary>
    public int? RepeatCount { get; init; }

    /// <summary>Before this time it is never due.</summary>
    public DateTimeOffset? DueTime { get; init; }

    /// <summary>After this time it is gone.</summary>
    public DateTimeOffset? Ttl { get; init; }

    /// <summary>What comes with the call.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>Whether it replaces a job of the same name; never set by the sidecar.</summary>
    public bool Overwrite { get; init; }

    /// <summary>What happens when the app fails.</summary>
    public JobFailurePolicy? FailurePolicy { get; init; }
}
