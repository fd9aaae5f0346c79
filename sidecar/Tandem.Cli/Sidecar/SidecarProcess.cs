using Microsoft.Extensions.Logging;
using Tandem.Runtime;
using Tandem.Runtime.Resources;
using Tandem.Sidecar;

namespace Tandem.Cli.Sidecar;

/// <summary>The life of one sidecar's process, from its start to the exit code that tells how it ended.</summary>
internal sealed partial class SidecarProcess(SidecarOptions options, ILoggerFactory loggerFactory, TimeProvider timeProvider)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("dapr.runtime");

    /// <summary>Runs until a signal or the API ends it; a SIGHUP starts the sidecar anew in this process.</summary>
    public async Task<int> RunAsync(SidecarSignals signals)
    {
        while (true)
        {
            var host = new SidecarHost(loggerFactory, timeProvider);
            await using var disposal = host.ConfigureAwait(false);
            host.Add(options);
            try
            {
                await host.StartAsync(signals.Ending).ConfigureAwait(false);
            }
            catch (SidecarStartException exception)
            {
                foreach (var fault in exception.Faults)
                {
                    Log.Fatal(_logger, fault);
                }

                return 1;
            }
            catch (OperationCanceledException) when (signals.Ending.IsCancellationRequested)
            {
                return 0;
            }

            if (!await WaitForReloadAsync(host, signals).ConfigureAwait(false))
            {
                return await EndAsync(host, signals).ConfigureAwait(false);
            }

            Log.Reloading(_logger);
            await host.StopAsync(signals.Killing).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the sidecar is to start anew; if not, it is to end.</summary>
    private async Task<bool> WaitForReloadAsync(SidecarHost host, SidecarSignals signals)
    {
        var ending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = signals.Ending.Register(ending.SetResult);
        while (true)
        {
            if (await Task.WhenAny(host.ShutdownRequested, ending.Task, signals.Reloading).ConfigureAwait(false) != signals.Reloading)
            {
                return false;
            }

            signals.TakeReload();
            var faults = new ResourceFaults();
            ResourceLoader.Load(options, faults);
            if (faults.Lines.Count == 0)
            {
                return true;
            }

            // A sidecar that runs is worth more than one that cannot start.
            foreach (var fault in faults.Lines)
            {
                Log.NotReloaded(_logger, fault);
            }
        }
    }

    private async Task<int> EndAsync(SidecarHost host, SidecarSignals signals)
    {
        try
        {
            if (options.BlockShutdown is { } longest && longest > TimeSpan.Zero && signals.Ending.IsCancellationRequested)
            {
                Log.Blocking(_logger, longest);
                await host.HoldShutdownAsync(longest, signals.Killing).ConfigureAwait(false);
            }

            Log.Ending(_logger);
            await host.StopAsync(signals.Killing).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Killing.IsCancellationRequested)
        {
            // Said below, as for a stop that was cut short.
        }

        if (signals.Killing.IsCancellationRequested)
        {
            Log.Killed(_logger);
            return 1;
        }

        return 0;
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Critical, "Fatal error from runtime: {Fault}")]
        public static partial void Fatal(ILogger logger, string fault);

        [LoggerMessage(3003, LogLevel.Information, "stop command issued. Shutting down all operations")]
        public static partial void Ending(ILogger logger);

        [LoggerMessage(3004, LogLevel.Information, "SIGHUP: the runtime starts anew with what its files say now")]
        public static partial void Reloading(ILogger logger);

        [LoggerMessage(3005, LogLevel.Error, "SIGHUP: {Fault}; the runtime goes on as it is")]
        public static partial void NotReloaded(ILogger logger, string fault);

        [LoggerMessage(3006, LogLevel.Information, "Blocking graceful shutdown for {Longest} or until the app is unhealthy")]
        public static partial void Blocking(ILogger logger, TimeSpan longest);

        [LoggerMessage(3007, LogLevel.Critical, "a second signal came during the shutdown; ending at once")]
        public static partial void Killed(ILogger logger);
    }
}
