using Microsoft.Extensions.Logging;

namespace Tandem.Runtime.AppChannel;

/// <summary>
/// Knows whether the app may be called. It waits for the app's port, then (when asked to) for its health checks, tells its listener
/// that the app is up, and begins again when the app is seen to be gone. One task, one state.
/// </summary>
public sealed partial class AppMonitor : IAsyncDisposable
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRepeat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SlowestRepeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(3);

    private readonly SidecarOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<AppMonitor> _logger;
    private readonly AppProbe _probe;
    private readonly AppPresence _presence = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _unsettled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _loop;
    private int _disposed;

    /// <summary>Makes a monitor; <see cref="Start"/> begins to look.</summary>
    /// <param name="probeHealth">Asks the app for its health.</param>
    public AppMonitor(SidecarOptions options, Func<CancellationToken, Task<bool>> probeHealth, TimeProvider timeProvider, ILogger<AppMonitor> logger)
    {
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _probe = new AppProbe(options, probeHealth, timeProvider, logger);
    }

    /// <summary>
    /// Called each time the app came up, before it is declared healthy. Until it answers that all is settled, it is called again (then
    /// told so) with growing pauses while the app stays up; meanwhile the app may be called, as it may well answer others.
    /// </summary>
    public AppUpHandler? AppUp { get; set; }

    /// <summary>
    /// Called each time the app that was up went away or fell ill. It has a few seconds before it is cancelled: the app may be back,
    /// and nobody looks for it meanwhile.
    /// </summary>
    public Func<CancellationToken, Task>? AppDown { get; set; }

    /// <summary>Whether the app may be called.</summary>
    public bool IsHealthy => _presence.IsHealthy || _options.AppPort is null;

    /// <summary>Whether the app listens, but fails its health checks.</summary>
    public bool IsIll => _presence.IsPortOpen && _options.AppHealthCheckEnabled && !_presence.IsHealthy;

    /// <summary>Starts to look for the app.</summary>
    public void Start() => _loop ??= _options.AppPort is null ? Task.CompletedTask : Task.Run(() => RunAsync(_stopping.Token));

    /// <summary>Completes when the app is healthy.</summary>
    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
        => IsHealthy ? Task.CompletedTask : _presence.WaitUntilHealthyAsync(cancellationToken);

    /// <summary>Completes when the app may not be called; never without an app.</summary>
    public Task WaitUntilUnhealthyAsync(CancellationToken cancellationToken)
        => _options.AppPort is null ? Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken) : _presence.WaitUntilUnhealthyAsync(cancellationToken);

    /// <summary>The app's process ended: nothing is sent to it until its port is seen open again.</summary>
    public void AppStopped() => _presence.Lose();

    /// <summary>A call failed. A refused connection means that the app is gone; a broken one is looked into.</summary>
    public void ReportFailure(bool refused)
    {
        if (refused)
        {
            _presence.Lose();
        }
    }

    /// <summary>There is something new for the app: <see cref="AppUp"/> is called again if it is up, and is called in any case when it comes.</summary>
    public void Unsettle() => Volatile.Read(ref _unsettled).TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_loop is not null)
        {
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        Log.Waiting(_logger, _options.AppPort!.Value);
        while (!cancellationToken.IsCancellationRequested)
        {
            await _probe.WaitForPortAsync(_presence.Lose, cancellationToken).ConfigureAwait(false);
            var lost = _presence.Discover();
            Log.Discovered(_logger, _options.AppPort!.Value);
            var isSettled = false;
            try
            {
                if (_options.AppHealthCheckEnabled)
                {
                    await _probe.WaitForHealthAsync(lost, cancellationToken).ConfigureAwait(false);
                }

                if (!lost.IsCompleted)
                {
                    isSettled = await GreetAsync(isAgain: false, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it was, the app must not stay without its sidecar for good.
                Log.NotTaken(_logger, exception);
                await Task.Delay(PauseAfterFault, _timeProvider, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (lost.IsCompleted)
            {
                await Task.Delay(AppProbe.FirstPause, _timeProvider, cancellationToken).ConfigureAwait(false);
                continue;
            }

            _presence.SetHealthy();
            await StayAsync(isSettled, lost, cancellationToken).ConfigureAwait(false);
            _presence.SetUnhealthy();
            Log.Lost(_logger, _options.AppPort!.Value);
            await TellDownAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The app is up until this returns.</summary>
    private async Task StayAsync(bool isSettled, Task lost, CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var settling = SettleAsync(isSettled, gone.Token);
        try
        {
            await (_options.AppHealthCheckEnabled ? _probe.WatchHealthAsync(lost, cancellationToken) : lost.WaitAsync(cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false);
            await settling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SettleAsync(bool isSettled, CancellationToken cancellationToken)
    {
        var pause = FirstRepeat;
        while (true)
        {
            if (isSettled)
            {
                await Volatile.Read(ref _unsettled).Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                pause = FirstRepeat;
            }
            else
            {
                await Task.Delay(pause, _timeProvider, cancellationToken).ConfigureAwait(false);
                pause = pause * 2 < SlowestRepeat ? pause * 2 : SlowestRepeat;
            }

            // What is new from here on is for another time.
            Volatile.Write(ref _unsettled, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            isSettled = await GreetAsync(isAgain: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> GreetAsync(bool isAgain, CancellationToken cancellationToken)
    {
        try
        {
            return AppUp is null || await AppUp(isAgain, cancellationToken).ConfigureAwait(false);
        }
        catch (AppUnreachableException exception)
        {
            Log.LostAgain(_logger, exception.Message);
            return false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, the app must not stay without its sidecar for good.
            Log.NotTaken(_logger, exception);
            return false;
        }
    }

    private async Task TellDownAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(LongestFarewell, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await (AppDown?.Invoke(either.Token) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotTaken(_logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1101, LogLevel.Information, "waiting for the app on port {Port}")]
        public static partial void Waiting(ILogger logger, int port);

        [LoggerMessage(1102, LogLevel.Information, "application discovered on port {Port}")]
        public static partial void Discovered(ILogger logger, int port);

        [LoggerMessage(1103, LogLevel.Warning, "the app on port {Port} is gone or unhealthy; deliveries wait for it")]
        public static partial void Lost(ILogger logger, int port);

        [LoggerMessage(1104, LogLevel.Debug, "the app went away while it was asked what it wants: {Reason}")]
        public static partial void LostAgain(ILogger logger, string reason);

        [LoggerMessage(1106, LogLevel.Error, "what the app's coming or going asks for failed; it is tried again")]
        public static partial void NotTaken(ILogger logger, Exception exception);
    }
}
