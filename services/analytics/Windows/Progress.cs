namespace Tandem.Analytics;

/// <summary>How far event time has come, as it is stored.</summary>
internal sealed class Progress
{
    /// <summary>The latest time of any event.</summary>
    public DateTimeOffset MaxEventAt { get; init; }

    /// <summary>Windows that end here or before are closed.</summary>
    public DateTimeOffset ClosedUntil { get; init; }
}
