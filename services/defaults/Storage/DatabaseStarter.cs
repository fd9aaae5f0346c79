using System.Data.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>Opens the database beside the start of the listener: connection string, migrations, seeds; then the service is ready.</summary>
internal sealed partial class DatabaseStarter : BackgroundService
{
    private const string Step = "database";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Database _database;
    private readonly DatabaseOptions _options;
    private readonly ConnectionStringSource _connectionStrings;
    private readonly IEnumerable<IDatabaseSeed> _seeds;
    private readonly IConfiguration _configuration;
    private readonly Readiness _readiness;
    private readonly TimeProvider _time;
    private readonly ILogger<DatabaseStarter> _logger;

    public DatabaseStarter(
        Database database,
        DatabaseOptions options,
        ConnectionStringSource connectionStrings,
        IEnumerable<IDatabaseSeed> seeds,
        IConfiguration configuration,
        Readiness readiness,
        TimeProvider time,
        ILogger<DatabaseStarter> logger)
    {
        _database = database;
        _options = options;
        _connectionStrings = connectionStrings;
        _seeds = seeds;
        _configuration = configuration;
        _readiness = readiness;
        _time = time;
        _logger = logger;
        readiness.Require(Step);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var connectionString = await _connectionStrings.ReadAsync(stoppingToken);
            var engine = DatabaseEngines.Create(connectionString, DataDirectory());
            await MigrateAsync(engine, stoppingToken);
            if (!_database.TryOpen(engine))
            {
                await engine.DisposeAsync();
                return;
            }

            foreach (var seed in _seeds)
            {
                await seed.SeedAsync(_database, stoppingToken);
            }

            _readiness.Complete(Step);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // A database that cannot be opened or migrated is for a person to mend: the host stops, and the exit code says so.
            Log.Failed(_logger, exception, _options.Name);
            Environment.ExitCode = 1;
            throw;
        }
    }

    /// <summary>A server that starts later than this service is waited for; what is wrong with it otherwise stops the start.</summary>
    private async Task MigrateAsync(DatabaseEngine engine, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                await Migrator.RunAsync(_database, engine, _options.Migrations, _time, cancellationToken);
                return;
            }
            catch (DbException exception) when (engine.IsTransient(exception))
            {
                Log.Waiting(_logger, _options.Name, exception.InnerException?.Message ?? exception.Message);
                await Task.Delay(pause, _time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private string DataDirectory()
        => _configuration["TANDEM_DATA_DIR"] is { Length: > 0 } directory ? Path.GetFullPath(directory) : Directory.GetCurrentDirectory();

    private static partial class Log
    {
        [LoggerMessage(5112, LogLevel.Warning, "Still waiting for the database {Name}: {Reason}")]
        public static partial void Waiting(ILogger logger, string name, string reason);

        [LoggerMessage(5111, LogLevel.Critical, "The database {Name} cannot be opened")]
        public static partial void Failed(ILogger logger, Exception exception, string name);
    }
}
