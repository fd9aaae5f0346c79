using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>Removes notifications whose time is over.</summary>
internal sealed partial class ExpiredNotifications(
    NotificationStore store, Readiness readiness, IOptions<NotificationOptions> options, TimeProvider time, ILogger<ExpiredNotifications> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WhenReadyAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.CleanupInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var removed = await store.DeleteExpiredAsync(time.GetUtcNow(), stoppingToken);
                Log.Removed(logger, removed);
            }
            catch (System.Data.Common.DbException exception)
            {
                Log.Failed(logger, exception);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5311, LogLevel.Debug, "{Count} expired notifications removed")]
        public static partial void Removed(ILogger logger, int count);

        [LoggerMessage(5312, LogLevel.Error, "Expired notifications could not be removed; the next round will")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
