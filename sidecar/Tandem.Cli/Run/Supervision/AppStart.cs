namespace Tandem.Cli.Run.Supervision;

/// <summary>What became of an app's first start.</summary>
/// <param name="After">The time from its start.</param>
/// <param name="Problem">Why it is not ready; <see langword="null"/> when it is.</param>
/// <param name="ExitCode">What the run ends with because of it.</param>
internal sealed record AppStart(TimeSpan After, string? Problem = null, int ExitCode = 0)
{
    /// <summary>Whether the app may be called.</summary>
    public bool IsReady => Problem is null;
}

/// <summary>Why one life of an app is over.</summary>
internal enum LifeEnd
{
    /// <summary>It ended by itself.</summary>
    Exited,

    /// <summary>It was not ready in time.</summary>
    NotReady,

    /// <summary>Its files changed.</summary>
    Changed,

    /// <summary>The run is stopping.</summary>
    Stopping,
}
