using System.Globalization;
using System.Threading.Channels;
using Tandem.Cli.Processes;
using Tandem.Cli.Run.Logging;
using Tandem.Cli.Run.Planning;
using Tandem.Cli.Runs;
using Tandem.Cli.Terminal;
using Tandem.Sidecar;

namespace Tandem.Cli.Run.Supervision;

/// <summary>What the supervisors of a run share.</summary>
internal sealed record SupervisorContext(RunPlan Plan, ConsoleOutput Console, Watchdog Watchdog, RunStateFile State, TimeProvider Time);

/// <summary>
/// Keeps one app running: starts it, waits until it is ready, starts it again when it ends or when its files change, and stops it
/// with the run. The first start is different: when it fails, the run fails.
/// </summary>
internal sealed class AppSupervisor(AppPlan app, ISidecar sidecar, AppLog log, SupervisorContext run)
{
    // An app without a port shows by nothing else that it came up.
    private static readonly TimeSpan ReadyWithoutPort = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<AppStart> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _changes = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly RestartDelay _delay = new();
    private long _startedAt;
    private long? _readyAt;

    /// <summary>The app.</summary>
    public AppPlan App { get; } = app;

    /// <summary>Completes when the first start succeeded or failed; cancelled when the run stopped before that.</summary>
    public Task<AppStart> Started => _started.Task;

    /// <summary>Completes with the exit code of an app that came to its own good end and is not started again.</summary>
    public Task<int> Finished => _finished.Task;

    /// <summary>The app's last lines.</summary>
    public AppLog Log { get; } = log;

    private bool IsFirstStart => !_started.Task.IsCompleted;

    /// <summary>The app may start: until then <see cref="RunAsync"/> waits.</summary>
    public void GiveTurn() => _turn.TrySetResult();

    /// <summary>Starts the app again because of a change.</summary>
    public void Restart(string change) => _changes.Writer.TryWrite(change);

    /// <summary>Runs the app until the run stops; nothing of it is left afterwards.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken killing)
    {
        try
        {
            if (App.Command is { } command)
            {
                await _turn.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await KeepRunningAsync(command, stopping, killing);
            }
            else
            {
                _started.TrySetResult(new AppStart(TimeSpan.Zero));
                await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            _started.TrySetCanceled(CancellationToken.None);
        }
    }

    private async Task KeepRunningAsync(AppCommand command, CancellationToken stopping, CancellationToken killing)
    {
        while (!stopping.IsCancellationRequested)
        {
            LifeEnd end;
            ExitStatus? status = null;
            try
            {
                (end, status) = await LiveAsync(command, stopping, killing);
            }
            catch (SpawnException e) when (IsFirstStart)
            {
                _started.TrySetResult(new AppStart(TimeSpan.Zero, e.Message, ExitCode: 126));
                return;
            }
            catch (SpawnException e)
            {
                run.Console.Fail($"{App.AppId}: {e.Message}");
                end = LifeEnd.Exited;
            }

            if (end == LifeEnd.Stopping || IsOver(end, status) || !await WaitBeforeNextAsync(end, status, stopping))
            {
                return;
            }
        }
    }

    private async Task<(LifeEnd End, ExitStatus Status)> LiveAsync(AppCommand command, CancellationToken stopping, CancellationToken killing)
    {
        _readyAt = null;
        _startedAt = run.Time.GetTimestamp();
        var process = AppProcess.Start(command, Log);
        run.Watchdog.Add(process.Pid);
        run.State.Update(App.AppId, state => state with { AppPid = process.Pid, Health = AppHealth.Starting });
        try
        {
            var end = await WaitForEndAsync(process, stopping);
            if (end != LifeEnd.Exited)
            {
                // Until its process is gone the app may still answer: what it is doing it may finish.
                await process.StopAsync(run.Plan.GracefulShutdown, killing);
            }

            sidecar.AppStopped();
            return (end, await process.EndAsync());
        }
        catch (Exception)
        {
            await process.EndAsync();
            throw;
        }
        finally
        {
            run.Watchdog.Remove(process.Pid);
            run.State.Update(App.AppId, state => state with { AppPid = null, Health = AppHealth.Unhealthy });
        }
    }

    private async Task<LifeEnd> WaitForEndAsync(AppProcess process, CancellationToken stopping)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var stopped = Task.Delay(Timeout.Infinite, life.Token);
        var changed = _changes.Reader.WaitToReadAsync(life.Token).AsTask();
        var ready = WaitUntilReadyAsync(life.Token);
        try
        {
            if (await Task.WhenAny(process.Exited, ready, changed, stopped) == ready && !stopping.IsCancellationRequested)
            {
                if (!await ready)
                {
                    return LifeEnd.NotReady;
                }

                SayReady();
                await Task.WhenAny(process.Exited, changed, stopped);
            }

            return stopping.IsCancellationRequested ? LifeEnd.Stopping
                : process.Exited.IsCompleted ? LifeEnd.Exited
                : LifeEnd.Changed;
        }
        finally
        {
            await life.CancelAsync();
            await Task.WhenAny(Task.WhenAll(ready, changed, stopped));
        }
    }

    // True when the app is ready, false when the first start takes too long; a later one may take as long as it needs.
    private async Task<bool> WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        if (App.Sidecar.AppPort is null)
        {
            await Task.Delay(ReadyWithoutPort, run.Time, cancellationToken);
            return true;
        }

        try
        {
            await sidecar.WaitForAppAsync(cancellationToken)
                .WaitAsync(IsFirstStart ? run.Plan.StartTimeout : Timeout.InfiniteTimeSpan, run.Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void SayReady()
    {
        _readyAt = run.Time.GetTimestamp();
        var after = run.Time.GetElapsedTime(_startedAt);
        run.State.Update(App.AppId, static state => state with { Health = AppHealth.Healthy });
        if (!_started.TrySetResult(new AppStart(after)))
        {
            run.Console.Say(string.Create(CultureInfo.InvariantCulture, $"{App.AppId} is ready again after {after.TotalSeconds:0.00} s"), Colors.Green);
        }
    }

    private bool IsOver(LifeEnd end, ExitStatus? status)
    {
        var isJobDone = end == LifeEnd.Exited && status is { Code: 0 } && App.Sidecar.AppPort is null;
        var isSingleDone = run.Plan.IsSingle && end == LifeEnd.Exited && !IsFirstStart && (status is { Code: 0 } || App.Sidecar.AppPort is null);
        if (isJobDone || isSingleDone)
        {
            _started.TrySetResult(new AppStart(run.Time.GetElapsedTime(_startedAt)));
            _finished.TrySetResult(status!.Value.Code);
            return true;
        }

        if (IsFirstStart && end != LifeEnd.Changed)
        {
            var after = run.Time.GetElapsedTime(_startedAt);
            _started.TrySetResult(end == LifeEnd.Exited
                ? new AppStart(after, $"it ended with {status} before it was ready", status is { Code: > 0 and var code } ? code : 1)
                : new AppStart(after, NotReadyProblem(), ExitCode: 1));
            return true;
        }

        return false;
    }

    private string NotReadyProblem()
        => string.Create(CultureInfo.InvariantCulture, $"port {App.Sidecar.AppPort} did not answer within {run.Plan.StartTimeout.TotalSeconds:0.#} s (--start-timeout)");

    private async Task<bool> WaitBeforeNextAsync(LifeEnd end, ExitStatus? status, CancellationToken stopping)
    {
        if (end == LifeEnd.Changed)
        {
            _changes.Reader.TryRead(out var change);
            run.Console.Say($"{App.AppId}: {change}; starting it again", Colors.Yellow);
            return true;
        }

        var delay = _delay.Next(_readyAt is { } readyAt ? run.Time.GetElapsedTime(readyAt) : TimeSpan.Zero);
        run.State.Update(App.AppId, static state => state with { Restarts = state.Restarts + 1 });
        run.Console.Say(
            string.Create(CultureInfo.InvariantCulture, $"{App.AppId} ended: {status}; starting it again in {delay.TotalSeconds:0.##} s"),
            Colors.Yellow);

        // A change of its files may be the repair: it is not kept waiting.
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var changed = _changes.Reader.WaitToReadAsync(waiting.Token).AsTask();
        await Task.WhenAny(Task.Delay(delay, run.Time, waiting.Token), changed);
        await waiting.CancelAsync();
        _changes.Reader.TryRead(out _);
        return !stopping.IsCancellationRequested;
    }
}
