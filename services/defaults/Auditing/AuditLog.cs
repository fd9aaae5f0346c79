using System.Data.Common;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Where entries go: a log category of its own, which LOG_LEVEL does not silence, and in a service with a database a table that outlives the
/// logs. A copy that cannot be kept is said and does not undo what was done.
/// </summary>
internal sealed partial class AuditLog(IServiceProvider services, ServiceInfo service, ILoggerFactory loggers)
{
    public const string Category = "Tandem.Audit";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    public async Task WriteAsync(AuditEntry entry)
    {
        Log.Audit(_logger, entry.UserId, entry.Action, entry.Target, entry.Outcome, entry.Status, service.AppId, entry.TraceId, entry.At);
        if (services.GetService<Database>() is not { } database || services.GetService<Readiness>() is not { IsReady: true })
        {
            return;
        }

        try
        {
            await database.WriteAsync(tx => AddAsync(tx, entry), CancellationToken.None);
        }
        catch (Exception exception) when (exception is DbException or ObjectDisposedException)
        {
            Log.NotKept(_logger, exception, entry.TraceId);
        }
    }

    private static Task<int> AddAsync(DbTransaction tx, AuditEntry entry)
        => tx.Connection!.ExecuteAsync(
            """
            INSERT INTO audit_log (id, at, user_id, action, target, outcome, status, trace_id)
            VALUES (@Id, @At, @UserId, @Action, @Target, @Outcome, @Status, @TraceId)
            """,
            new { Id = Ids.New(entry.At), entry.At, entry.UserId, entry.Action, entry.Target, entry.Outcome, entry.Status, entry.TraceId },
            tx);

    private static partial class Log
    {
        [LoggerMessage(5050, LogLevel.Information, "Admin {UserId}: {Action} {Target} {Outcome} ({Status}) at {Service}, trace {TraceId}, {At:O}")]
        public static partial void Audit(
            ILogger logger, string userId, string action, string target, string outcome, int status, string service, string traceId, DateTimeOffset at);

        [LoggerMessage(5051, LogLevel.Error, "The audit entry of trace {TraceId} is in this log alone: the database did not take it")]
        public static partial void NotKept(ILogger logger, Exception exception, string traceId);
    }
}
