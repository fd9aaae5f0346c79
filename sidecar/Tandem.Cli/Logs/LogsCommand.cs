using System.CommandLine;
using Tandem.Cli.Run.Files;
using Tandem.Cli.Run.Logging;
using Tandem.Cli.Runs;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Logs;

/// <summary><c>tandem logs APP</c>: the log of an app, or of its sidecar, of a run that runs or that has ended.</summary>
internal static class LogsCommand
{
    private static readonly Argument<string> App = new("app") { Description = "The app ID" };
    private static readonly Option<bool> Follow = new("--follow") { Description = "Goes on with what is added, until the run ends" };
    private static readonly Option<int?> Tail = new("--tail") { Description = "Only so many of the last lines" };
    private static readonly Option<bool> Sidecar = new("--sidecar") { Description = "The sidecar's log in place of the app's" };
    private static readonly Option<string> File = new("--run-file", "-f") { Description = "The run file whose last run is meant when none runs" };
    private static readonly Option<string> LogDirectory = new("--log-dir") { Description = "Where the logs of an ended run lie" };

    public static Command Create()
    {
        var command = new Command("logs", "Shows the log of an app") { App, Follow, Tail, Sidecar, File, LogDirectory };
        command.Do(ShowAsync);
        return command;
    }

    private static async Task<int> ShowAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var appId = result.GetValue(App)!;
        if (result.GetValue(Tail) is < 0)
        {
            throw new CommandFailedException("--tail: must not be negative");
        }

        var run = RunStates.FindApp(appId)?.Run;
        var directory = result.GetValue(LogDirectory) ?? run?.LogDirectory ?? LastRun(result.GetValue(File));
        var path = result.GetValue(Sidecar) ? RunLogs.SidecarFile(directory, appId) : RunLogs.AppFile(directory, appId);
        if (!System.IO.File.Exists(path))
        {
            throw new CommandFailedException($"there is no log of '{appId}': {Path.GetFullPath(path)} does not exist");
        }

        var follower = new LogFollower(path, result.InvocationConfiguration.Output);
        follower.WriteTail(result.GetValue(Tail));
        if (result.GetValue(Follow) && run is not null)
        {
            var host = RunStates.HostOf(run);
            await follower.FollowAsync(() => host.IsAlive, cancellationToken);
        }

        return 0;
    }

    private static string LastRun(string? file)
        => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(RunFile.Locate(file ?? ".")))!, ".tandem", "logs");
}
