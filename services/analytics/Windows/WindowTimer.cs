using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>Closes windows while no events come.</summary>
internal sealed partial class WindowTimer(
    Database database, WindowStore windows, WindowCloser closer, Watermark watermark, Readiness readiness, TimeProvider time, ILogger<WindowTimer> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        await readiness.WhenReadyAsync(stoppingToken);

        // Time that passed before this service could take events is nobody's lateness.
        watermark.Arrived();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CloseDueAsync(stoppingToken);
            }
            catch (System.Data.Common.DbException exception)
            {
                Log.Failed(logger, exception);
            }
        }
    }

    private async Task CloseDueAsync(CancellationToken cancellationToken)
    {
        if (await windows.OpenAsync(cancellationToken) is not { } open
            || open.FirstOpen + OrderWindow.Length > watermark.Now(open.Progress.MaxEventAt))
        {
            return;
        }

        await database.WriteAsync(
            async tx =>
            {
                if (await WindowStore.ProgressAsync(tx, cancellationToken) is not { } progress)
                {
                    return;
                }

                var closedUntil = await closer.CloseAsync(tx, progress.ClosedUntil, watermark.Now(progress.MaxEventAt), cancellationToken);
                await WindowStore.SaveProgressAsync(tx, new Progress { MaxEventAt = progress.MaxEventAt, ClosedUntil = closedUntil }, cancellationToken);
            },
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(5403, LogLevel.Error, "Windows could not be closed; the next round will")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
