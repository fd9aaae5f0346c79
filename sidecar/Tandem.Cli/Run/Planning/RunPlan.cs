using Microsoft.Extensions.Logging;
using Tandem.Runtime;

namespace Tandem.Cli.Run.Planning;

/// <summary>A run, checked and complete: every path is full, every port is chosen.</summary>
internal sealed record RunPlan
{
    /// <summary>What tells this run from all others; its apps carry it in their environment.</summary>
    public required string Id { get; init; }

    /// <summary>The run's name: the file's own, or its folder's.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of the run file; <see langword="null"/> for an app of the command line.</summary>
    public required string? FilePath { get; init; }

    /// <summary>Where components and apps keep their data.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where all logs of the run lie.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>The apps in the order of the file.</summary>
    public required IReadOnlyList<AppPlan> Apps { get; init; }

    /// <summary>The ports that nobody gave.</summary>
    public required IReadOnlyCollection<int> ChosenPorts { get; init; }

    /// <summary>How long an app may take until it is ready.</summary>
    public required TimeSpan StartTimeout { get; init; }

    /// <summary>How long an app may take to stop.</summary>
    public required TimeSpan GracefulShutdown { get; init; }

    /// <summary>Whether the app's end is the end of the run.</summary>
    public required bool IsSingle { get; init; }

    /// <summary>What a user should know, though it stops nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether another process took a port between its choice and its use; another plan has other ports.</summary>
    public bool HasLostPort => ChosenPorts.Any(static port => !PortChooser.IsFree(port));
}

/// <summary>One app of a run.</summary>
internal sealed record AppPlan
{
    /// <summary>Its place in the run.</summary>
    public required int Index { get; init; }

    /// <summary>Its sidecar's settings.</summary>
    public required SidecarOptions Sidecar { get; init; }

    /// <summary>Its command; <see langword="null"/> when somebody else starts the app.</summary>
    public required AppCommand? Command { get; init; }

    /// <summary>Where its own lines go.</summary>
    public required LogTargets AppLog { get; init; }

    /// <summary>Where its sidecar's lines go.</summary>
    public required LogTargets SidecarLog { get; init; }

    /// <summary>What its sidecar leaves out.</summary>
    public required LogLevel SidecarLogLevel { get; init; }

    /// <summary>Whether to start it again when its files change.</summary>
    public required bool IsWatched { get; init; }

    /// <summary>Its app ID.</summary>
    public string AppId => Sidecar.AppId;
}

/// <summary>How an app is started.</summary>
/// <param name="Executable">The full path.</param>
/// <param name="Arguments">All arguments, the command's own name first.</param>
/// <param name="Directory">The working directory.</param>
/// <param name="Environment">The whole environment.</param>
internal sealed record AppCommand(
    string Executable,
    IReadOnlyList<string> Arguments,
    string Directory,
    IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The command as one would type it.</summary>
    public override string ToString() => string.Join(' ', Arguments);
}

/// <summary>Where log lines go.</summary>
[Flags]
internal enum LogTargets
{
    File = 1,
    Console = 2,
    FileAndConsole = File | Console,
}
