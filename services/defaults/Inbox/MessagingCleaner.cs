using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>Forgets what nobody can ask for any more: events handled a month ago, idempotency keys of yesterday, audit entries of more than a year.</summary>
internal sealed partial class MessagingCleaner(Database database, TimeProvider time, ILogger<MessagingCleaner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan InboxLifetime = TimeSpan.FromDays(30);
    private static readonly TimeSpan AuditLifetime = TimeSpan.FromDays(400);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Log.Cleaned(logger, await CleanAsync(stoppingToken));
            }
            catch (DbException exception)
            {
                Log.Failed(logger, exception);
            }
        }
    }

    private Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            async tx => await tx.Connection!.ExecuteAsync("DELETE FROM inbox WHERE handled_at < @before", new { before = now - InboxLifetime }, tx)
                + await tx.Connection!.ExecuteAsync("DELETE FROM idempotency_keys WHERE created_at < @before", new { before = now - Idempotency.Lifetime }, tx)
                + await tx.Connection!.ExecuteAsync("DELETE FROM audit_log WHERE at < @before", new { before = now - AuditLifetime }, tx),
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(5130, LogLevel.Debug, "{Count} old rows of inbox, idempotency keys and audit log removed")]
        public static partial void Cleaned(ILogger logger, int count);

        [LoggerMessage(5131, LogLevel.Error, "Old rows could not be removed; the next round will")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
