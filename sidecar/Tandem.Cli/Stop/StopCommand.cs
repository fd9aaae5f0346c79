using System.CommandLine;
using Tandem.Cli.Processes;
using Tandem.Cli.Run.Files;
using Tandem.Cli.Runs;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Stop;

/// <summary><c>tandem stop</c>: ends runs, and waits until nothing of them is left.</summary>
internal static class StopCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    private static readonly Option<string> File = new("--run-file", "-f") { Description = "The run file of the run to stop, or its folder" };
    private static readonly Option<string[]> AppId = new("--app-id", "-a") { Description = "An app of the run to stop; may be repeated" };
    private static readonly Option<double> Timeout = new("--timeout") { Description = "Seconds to wait until the run is gone", DefaultValueFactory = _ => 60 };

    public static Command Create()
    {
        var command = new Command("stop", "Stops a run: its apps, then their sidecars") { File, AppId, Timeout };
        command.Do(StopAsync);
        return command;
    }

    private static async Task<int> StopAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var seconds = result.GetValue(Timeout);
        if (seconds is < 0 or > 86400 or double.NaN)
        {
            throw new CommandFailedException("--timeout: must be seconds from 0 to 86400");
        }

        var runs = Choose(RunStates.FindAll(), result.GetValue(File), result.GetValue(AppId) ?? []);
        foreach (var run in runs)
        {
            _ = LibC.Kill(run.HostPid, LibC.SigTerm);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(seconds));
        foreach (var run in runs)
        {
            await WaitUntilGoneAsync(run, deadline.Token);
            result.InvocationConfiguration.Output.WriteLine($"{run.Name} is stopped: {string.Join(", ", run.Apps.Select(static app => app.AppId))}");
        }

        return 0;
    }

    private static IReadOnlyList<RunState> Choose(IReadOnlyList<RunState> runs, string? file, string[] appIds)
    {
        if (file is not null)
        {
            var path = Path.GetFullPath(RunFile.Locate(file));
            return runs.Where(run => run.FilePath == path).ToList() is { Count: > 0 } found
                ? found
                : throw new CommandFailedException($"no run of {path} is running");
        }

        if (appIds.Length > 0)
        {
            var missing = appIds.Where(id => !runs.Any(run => run.Apps.Any(app => app.AppId == id))).ToList();
            return missing.Count == 0
                ? [.. runs.Where(run => run.Apps.Any(app => appIds.Contains(app.AppId)))]
                : throw new CommandFailedException($"no running app is called {string.Join(", ", missing)}");
        }

        return runs.Count switch
        {
            0 => throw new CommandFailedException("nothing is running"),
            1 => runs,
            _ => throw new CommandFailedException(
                $"{runs.Count} runs are running; say which with -f FILE or --app-id: {string.Join(", ", runs.Select(static run => run.FilePath ?? run.Apps[0].AppId))}"),
        };
    }

    private static async Task WaitUntilGoneAsync(RunState run, CancellationToken cancellationToken)
    {
        var host = RunStates.HostOf(run);
        try
        {
            while (host.IsAlive)
            {
                await Task.Delay(PollInterval, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            throw new CommandFailedException($"{run.Name} (process {run.HostPid}) has not stopped in time (--timeout)");
        }
    }
}
