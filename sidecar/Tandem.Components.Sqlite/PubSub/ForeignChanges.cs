using Microsoft.Extensions.Logging;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>Notices that somebody else wrote to the database: SQLite counts it for each connection, which costs next to nothing to ask.</summary>
internal sealed partial class ForeignChanges : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteConnection _connection;
    private readonly Func<CancellationToken, Task> _changed;
    private readonly ILogger _logger;
    private readonly PeriodicTimer _timer;
    private readonly Task _loop;

    public ForeignChanges(SqlitePubSubOptions options, TimeProvider timeProvider, Func<CancellationToken, Task> changed, ILogger logger)
    {
        _connection = SqliteConnection.Open(options.Database, readOnly: true);
        _changed = changed;
        _logger = logger;
        _timer = new PeriodicTimer(options.PollInterval, timeProvider);
        _loop = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _timer.Dispose();
        _connection.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var known = 0L;
        try
        {
            while (await _timer.WaitForNextTickAsync(_stop.Token))
            {
                var version = ReadVersion() ?? known;
                if (version != known)
                {
                    known = version;
                    await _changed(_stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The component closes.
        }
    }

    private long? ReadVersion()
    {
        try
        {
            return _connection.ReadInt64("PRAGMA data_version");
        }
        catch (SqliteException exception)
        {
            Log.Failed(_logger, exception);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2214, LogLevel.Warning, "The database could not be asked for other processes' changes; asking again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
