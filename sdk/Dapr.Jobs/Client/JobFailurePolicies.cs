namespace Dapr.Jobs.Models;

/// <summary>What happens when the app fails at a job.</summary>
public enum JobFailurePolicy
{
    /// <summary>Nothing more.</summary>
    Drop,

    /// <summary>It is called again, after the same time each.</summary>
    Constant,
}

/// <summary>What happens when the app fails at a job, with its settings.</summary>
public interface IJobFailurePolicyOptions
{
    /// <summary>What happens.</summary>
    JobFailurePolicy Policy { get; }
}

/// <summary>A failed job is not called again until it is due again.</summary>
public sealed record JobFailurePolicyDropOptions : IJobFailurePolicyOptions
{
    /// <inheritdoc />
    public JobFailurePolicy Policy => JobFailurePolicy.Drop;
}

/// <summary>A failed job is called again.</summary>
/// <param name="Interval">The time between two calls.</param>
public sealed record JobFailurePolicyConstantOptions(TimeSpan Interval) : IJobFailurePolicyOptions
{
    /// <summary>How often at most; for ever unless told.</summary>
    public uint? MaxRetries { get; init; }

    /// <inheritdoc />
    public JobFailurePolicy Policy => JobFailurePolicy.Constant;
}
