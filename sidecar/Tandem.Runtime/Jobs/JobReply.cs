namespace Tandem.Runtime.Jobs;

/// <summary>What the app said to a job.</summary>
public enum JobOutcome
{
    /// <summary>It took it.</summary>
    Taken,

    /// <summary>It has nothing that takes such jobs: another try would end the same way.</summary>
    Refused,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>What the app said to a job.</summary>
/// <param name="Reason">Why it was not taken; for the log.</param>
public readonly record struct JobReply(JobOutcome Outcome, string Reason = "");
