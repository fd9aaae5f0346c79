using Tandem.Cli.Run.Files;

namespace Tandem.Cli.Run;

/// <summary>What was asked for on the command line of <c>tandem run</c>.</summary>
internal sealed record RunRequest
{
    /// <summary>The apps: of a run file, or the one of the command line.</summary>
    public required RunFile File { get; init; }

    /// <summary>Whether the app stood on the command line: then its end is the end of the run, as with <c>dapr run</c>.</summary>
    public bool IsSingle { get; init; }

    /// <summary>What replaces the file's resources; empty keeps them.</summary>
    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    /// <summary>Where components and apps keep their data.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Where the logs go.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>The ids of the apps to start again when their files change.</summary>
    public IReadOnlyList<string> Watch { get; init; } = [];

    /// <summary>How long an app may take until it is ready.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long apps and sidecars may take to stop.</summary>
    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);
}
