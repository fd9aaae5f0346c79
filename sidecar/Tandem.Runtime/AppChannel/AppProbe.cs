using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Tandem.Runtime.AppChannel;

/// <summary>Looks whether the app listens, and whether its health checks pass.</summary>
internal sealed partial class AppProbe(SidecarOptions options, Func<CancellationToken, Task<bool>> probeHealth, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>The pause before a first look is repeated.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Completes when the app's port is open.</summary>
    /// <param name="closed">Called each time that it is not.</param>
    public async Task WaitForPortAsync(Action closed, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!await IsPortOpenAsync(cancellationToken).ConfigureAwait(false))
        {
            closed();
            await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(false);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    /// <summary>Completes when a health check passed, or the app is lost.</summary>
    public async Task WaitForHealthAsync(Task lost, CancellationToken cancellationToken)
    {
        while (!lost.IsCompleted && !await IsHealthyAsync(cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(options.AppHealthProbeInterval, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Probes until the app failed so often that it counts as unhealthy, or is lost.</summary>
    public async Task WatchHealthAsync(Task lost, CancellationToken cancellationToken)
    {
        var failures = 0;
        while (!lost.IsCompleted && failures < options.AppHealthThreshold)
        {
            var pause = Task.Delay(options.AppHealthProbeInterval, timeProvider, cancellationToken);
            if (await Task.WhenAny(lost, pause).ConfigureAwait(false) == lost)
            {
                return;
            }

            cancellationToken.ThrowIfCancellationRequested();
            failures = await IsHealthyAsync(cancellationToken).ConfigureAwait(false) ? 0 : failures + 1;
        }
    }

    private async Task<bool> IsPortOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(options.AppChannelAddress, options.AppPort!.Value, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            // Not listening yet: that is what is waited for.
            return false;
        }
    }

    private async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.AppHealthProbeTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await probeHealth(either.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.ProbeFailed(logger, exception.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1105, LogLevel.Debug, "the app's health check failed: {Reason}")]
        public static partial void ProbeFailed(ILogger logger, string reason);
    }
}
