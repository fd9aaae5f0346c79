using Microsoft.Extensions.Logging;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.State;

/// <summary>Deletes expired values now and then; readers do not see them in the meantime. One process of several does it.</summary>
internal sealed partial class ExpiredStateCleaner(SqliteDatabase database, StateSql sql, TimeSpan interval, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Cleans up until the result is disposed.</summary>
    public IAsyncDisposable Start() => new PeriodicWork(interval, timeProvider, CleanAsync, exception => Log.Failed(logger, exception));

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var deleted = await database.WriteAsync(
            Delete, (sql, Now: SqliteTime.ToText(now), Before: SqliteTime.ToText(now - (interval / 2))), cancellationToken);
        if (deleted > 0)
        {
            Log.Deleted(logger, deleted);
        }
    }

    private static int Delete(SqliteConnection connection, (StateSql Sql, string Now, string Before) request)
    {
        using var claim = connection.Prepare(request.Sql.ClaimCleanup);
        if (claim.Bind(1, request.Now).Bind(2, request.Before).Run() == 0)
        {
            return 0;
        }

        using var delete = connection.Prepare(request.Sql.DeleteExpired);
        return delete.Bind(1, request.Now).Run();
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Debug, "Deleted {Count} expired values")]
        public static partial void Deleted(ILogger logger, int count);

        [LoggerMessage(2202, LogLevel.Warning, "Expired values could not be deleted; trying again later")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
