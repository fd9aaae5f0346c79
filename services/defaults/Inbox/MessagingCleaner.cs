using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>Forgets what nobody can ask for any more: events handled a month ago, idempotency keys of yesterday.</summary>
internal sealed partial class MessagingCleaner(Database database, TimeProvider time, ILogger<MessagingCleaner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan InboxLifetime = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetUtcNow();
            var removed = await database.WriteAsync(
                async tx => await tx.Connection!.ExecuteAsync("DELETE FROM inbox WHERE handled_at < @before", new { before = now - InboxLifetime }, tx)
                    + await tx.Connection!.ExecuteAsync("DELETE FROM idempotency_keys WHERE created_at < @before", new { before = now - Idempotency.Lifetime }, tx),
                stoppingToken);
            Log.Cleaned(logger, removed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5130, LogLevel.Debug, "{Count} old rows of inbox and idempotency keys removed")]
        public static partial void Cleaned(ILogger logger, int count);
    }
}
