using Tandem.ServiceDefaults;

namespace Tandem.Identity.Tokens;

/// <summary>Looks every minute whether a key has to follow, or has followed at another instance.</summary>
internal sealed partial class KeyRotation(KeyRing keys, Database database, Readiness readiness, TimeProvider time, ILogger<KeyRotation> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        await readiness.WhenReadyAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.RefreshAsync(database, stoppingToken);
            }
            catch (Exception exception) when (exception is System.Data.Common.DbException or InvalidOperationException)
            {
                // The keys that are known go on: they sign until the next round, and long after it.
                Log.Failed(logger, exception);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5213, LogLevel.Error, "The signing keys could not be read anew; the next round will")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
