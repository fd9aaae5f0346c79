using System.Globalization;
using Tandem.Cli.Processes;
using Tandem.Cli.Run.Logging;
using Tandem.Cli.Run.Planning;
using Tandem.Cli.Run.Supervision;
using Tandem.Cli.Run.Watching;
using Tandem.Cli.Runs;
using Tandem.Cli.Terminal;
using Tandem.Sidecar;

namespace Tandem.Cli.Run;

/// <summary>
/// One run from its plan to its end: 1. the watchdog, 2. the sidecars, 3. the apps, a few at a time, 4. a word when all are ready,
/// 5. waiting, 6. the apps' end, 7. the sidecars' end, 8. the watchdog's sweep.
/// </summary>
internal sealed class RunSession(RunPlan plan, ConsoleOutput console, StopSignals signals)
{
    private const string GatewayId = "gateway";

    /// <summary>Runs until a signal, a request to shut down, or a failure; gives the exit code.</summary>
    /// <exception cref="RunFaultException">Nothing was started, or all of it was stopped again.</exception>
    public async Task<int> RunAsync()
    {
        using var logs = RunLogs.Open(plan, console);
        CreateDataDirectory();
        await using var watchdog = Watchdog.Start(plan.Id);
        await using var host = new SidecarHost(logs.Sidecars, TimeProvider.System);
        foreach (var app in plan.Apps)
        {
            host.Add(app.Sidecar);
        }

        if (!await StartSidecarsAsync(host))
        {
            return 0;
        }

        using var state = RunStateFile.Create(plan, console.Fail);
        var context = new SupervisorContext(plan, console, watchdog, state, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Stopping);
        var supervisors = plan.Apps.Select(app => new AppSupervisor(app, host.Sidecars[app.Index], logs.Apps[app.Index], context)).ToList();
        var running = supervisors.Select(supervisor => supervisor.RunAsync(stop.Token, signals.Killing)).ToList();
        running.Add(new StartTurns(StartTurns.ForThisMachine, TimeProvider.System)
            .RunAsync(supervisors.Select(static supervisor => ((Action)supervisor.GiveTurn, (Task)supervisor.Started)), stop.Token));
        var watches = new List<FileWatch>();
        try
        {
            watches.AddRange(supervisors.Where(static supervisor => supervisor.App is { IsWatched: true, Command: not null }).SelectMany(Watch));
            var failure = await WaitForStartAsync(supervisors);
            return failure ?? await WaitForEndAsync(host, supervisors, running);
        }
        finally
        {
            watches.ForEach(static watch => watch.Dispose());
            await stop.CancelAsync();
            await Task.WhenAll(running);
            await StopSidecarsAsync(host);
        }
    }

    private static IEnumerable<FileWatch> Watch(AppSupervisor supervisor)
        => WatchedFolders.Of(supervisor.App.Command!).Select(folder => new FileWatch(folder, TimeProvider.System, supervisor.Restart));

    private void CreateDataDirectory()
    {
        try
        {
            OwnFolder.Create(plan.DataDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFaultException($"--data-dir: {plan.DataDirectory} cannot be made: {e.Message}");
        }
    }

    // False when the run was stopped before the sidecars were up.
    private async Task<bool> StartSidecarsAsync(SidecarHost host)
    {
        try
        {
            await host.StartAsync(signals.Stopping);
            return true;
        }
        catch (SidecarStartException e)
        {
            throw new RunFaultException(e.Faults);
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    // The exit code when an app did not start, or when the run was stopped meanwhile; null when all are ready.
    private async Task<int?> WaitForStartAsync(List<AppSupervisor> supervisors)
    {
        await foreach (var started in Task.WhenEach(supervisors.Select(static supervisor => supervisor.Started)))
        {
            if (started.IsCanceled)
            {
                return 0;
            }

            var supervisor = supervisors.Find(candidate => candidate.Started == started)!;
            var start = await started;
            if (!start.IsReady)
            {
                SayFailure(supervisor, start);
                return start.ExitCode;
            }

            console.Say(supervisor.App.Command is null
                ? $"{supervisor.App.AppId}: its sidecar is ready; the run file gives no command, so the app is not started here"
                : $"{supervisor.App.AppId} is ready after {Seconds(start.After)}");
        }

        SayReady();
        return null;
    }

    private async Task<int> WaitForEndAsync(SidecarHost host, List<AppSupervisor> supervisors, List<Task> running)
    {
        var stopped = Task.Delay(Timeout.Infinite, signals.Stopping);
        var finished = Task.WhenAll(supervisors.Select(static supervisor => supervisor.Finished));
        var broken = FirstFaultAsync(running);
        var first = await Task.WhenAny(stopped, host.ShutdownRequested, finished, broken);
        if (first == finished)
        {
            var code = (await finished).FirstOrDefault(static code => code != 0);
            console.Say(plan.IsSingle ? $"{plan.Apps[0].AppId} has ended with exit code {code}" : "All apps have ended");
            return code;
        }

        if (first == broken)
        {
            await broken;
        }

        console.Say(first == host.ShutdownRequested ? "A sidecar was told to shut down; stopping the run" : "Stopping");
        return 0;
    }

    private static async Task FirstFaultAsync(List<Task> tasks)
    {
        await foreach (var ended in Task.WhenEach(tasks))
        {
            await ended;
        }
    }

    private async Task StopSidecarsAsync(SidecarHost host)
    {
        try
        {
            await host.StopAsync(signals.Killing);
        }
        catch (OperationCanceledException) when (signals.Killing.IsCancellationRequested)
        {
            console.Say("Killed");
        }
    }

    private void SayReady()
    {
        var count = plan.Apps.Count;
        console.Say(
            $"{(count == 1 ? "The app is" : $"All {count} apps are")} healthy, {Seconds(ProcessIdentity.SinceExec())} since the start",
            Colors.Green);
        if (plan.Apps.FirstOrDefault(static app => app.AppId == GatewayId && app.Sidecar.AppPort is not null) is { } gateway)
        {
            console.Say($"Gateway: {Address(gateway)}", Colors.Green);
            return;
        }

        foreach (var app in plan.Apps.Where(static app => app.Sidecar.AppPort is not null))
        {
            console.Say($"{app.AppId}: {Address(app)}", Colors.Green);
        }
    }

    private void SayFailure(AppSupervisor supervisor, AppStart start)
    {
        var lines = supervisor.Log.LastLines;
        var file = supervisor.Log.FilePath is { } path ? $" (log: {path})" : "";
        console.Fail($"{supervisor.App.AppId} failed to start after {Seconds(start.After)}: {start.Problem}{file}");
        console.Fail(lines.Count == 0 ? "  It wrote no line." : $"  Its last lines:\n{string.Join('\n', lines.Select(static line => $"    {line}"))}");
    }

    private static string Address(AppPlan app)
        => $"{(app.Sidecar.AppProtocol is "https" or "grpcs" ? "https" : "http")}://{app.Sidecar.AppChannelAddress}:{app.Sidecar.AppPort}";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");
}
