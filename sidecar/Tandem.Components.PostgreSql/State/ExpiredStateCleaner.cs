using Microsoft.Extensions.Logging;
using Npgsql;
using Tandem.Components.PostgreSql.Connection;

namespace Tandem.Components.PostgreSql.State;

/// <summary>Deletes expired values now and then; readers do not see them in the meantime. One process of several does it, daprd among them.</summary>
internal sealed partial class ExpiredStateCleaner(PostgreSqlClient client, StateLayout layout, TimeSpan interval, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Clocks do not tick alike: who comes a moment early is not sent away for a whole interval.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    /// <summary>Cleans up until the result is disposed.</summary>
    public IAsyncDisposable Start() => new PeriodicWork(interval, timeProvider, CleanAsync, exception => Log.Failed(logger, exception));

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        var deleted = await client.RunAsync(DeleteAsync, (layout, interval - Tolerance), mayRepeat: true, cancellationToken);
        if (deleted > 0)
        {
            Log.Deleted(logger, deleted);
        }
    }

    private static async ValueTask<int> DeleteAsync(NpgsqlConnection connection, (StateLayout Layout, TimeSpan Least) request, CancellationToken cancellationToken)
    {
        await using var claim = new NpgsqlCommand(request.Layout.ClaimCleanup, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = request.Layout.CleanupKey },
                new NpgsqlParameter<double> { TypedValue = request.Least.TotalMilliseconds },
            },
        };
        if (await claim.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return 0;
        }

        await using var delete = new NpgsqlCommand(request.Layout.DeleteExpired, connection);
        return await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(3311, LogLevel.Debug, "Deleted {Count} expired values")]
        public static partial void Deleted(ILogger logger, int count);

        [LoggerMessage(3312, LogLevel.Warning, "Expired values could not be deleted; trying again later")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
