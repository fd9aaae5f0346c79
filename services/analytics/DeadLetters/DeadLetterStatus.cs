namespace Tandem.Analytics;

/// <summary>What becomes of a dead letter.</summary>
internal enum DeadLetterStatus
{
    /// <summary>Nobody has done anything about it.</summary>
    Dead,

    /// <summary>An admin wants it sent again, and it is about to be.</summary>
    Retrying,

    /// <summary>It was sent again. If it fails again, it is dead again.</summary>
    Retried,
}
