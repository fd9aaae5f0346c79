using Tandem.Components.Jobs;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.Jobs;

/// <summary>Jobs in one file for the processes of a machine. The file is made, and opened, when the first job is kept: most apps have none.</summary>
internal sealed class SqliteJobStore(SqliteOptions options, TimeProvider timeProvider) : IJobStore
{
    private readonly SemaphoreSlim _opening = new(1);
    private SqliteDatabase? _database;

    /// <inheritdoc/>
    public IAppJobs Open(string appNamespace, string appId) => new SqliteAppJobs(this, appNamespace, appId, timeProvider);

    /// <summary>The database; made when it is not there.</summary>
    public async ValueTask<SqliteDatabase> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _database) is { } open)
        {
            return open;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_database is null)
            {
                var database = SqliteDatabase.Acquire(options);
                try
                {
                    await database.WriteAsync(static (connection, sql) => connection.Execute(sql), JobsSql.Create, cancellationToken);
                }
                catch
                {
                    await database.DisposeAsync();
                    throw;
                }

                Volatile.Write(ref _database, database);
            }

            return _database;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>The database; <see langword="null"/> while there is none, and so no job.</summary>
    public ValueTask<SqliteDatabase?> FindAsync(CancellationToken cancellationToken)
    {
        return Volatile.Read(ref _database) is { } open ? ValueTask.FromResult<SqliteDatabase?>(open)
            : options.InMemory || !File.Exists(options.Path) ? ValueTask.FromResult<SqliteDatabase?>(null)
            : OpenAsync();

        async ValueTask<SqliteDatabase?> OpenAsync() => await GetAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (Interlocked.Exchange(ref _database, null)?.DisposeAsync() ?? ValueTask.CompletedTask);
        _opening.Dispose();
    }
}
