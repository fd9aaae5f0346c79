using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace Tandem.ServiceDefaults;

/// <summary>
/// PostgreSQL: many readers and many writers, also of other instances of the service. Readers are in transactions that may not write. Who
/// reads rows to change them says so (<see cref="SqlDialect"/>).
/// </summary>
internal sealed class PostgreSqlEngine : DatabaseEngine
{
    /// <summary>For readers and for writers: what six services use together stays below the hundred that a server allows by default.</summary>
    private const int DefaultConnections = 8;

    private readonly string? _schema;
    private readonly NpgsqlDataSource _readers;
    private readonly NpgsqlDataSource _writers;

    public PostgreSqlEngine(NpgsqlConnectionStringBuilder settings)
    {
        if (string.IsNullOrEmpty(settings.Host))
        {
            throw new InvalidOperationException("The database's connection string must name a host (Host=…).");
        }

        settings = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = true, IncludeErrorDetail = false };
        // Whoever says nothing of these gets what suits a service; the driver's own default is a pool of 100.
        var given = new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
        void Default(string word, object value)
        {
            if (!given.ContainsKey(word))
            {
                settings[word] = value;
            }
        }

        Default("Maximum Pool Size", DefaultConnections);
        Default("Max Auto Prepare", 40);
        Default("Auto Prepare Min Usages", 3);
        Default("Command Timeout", 30);
        Default("Application Name", "tandem");
        _schema = settings.SearchPath is { Length: > 0 } path && !path.Contains(',', StringComparison.Ordinal) ? path.Trim().Trim('"') : null;
        Address = $"{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}";
        _writers = NpgsqlDataSource.Create(settings.ConnectionString);
        settings.Options = $"{settings.Options} -c default_transaction_read_only=on".TrimStart();
        _readers = NpgsqlDataSource.Create(settings.ConnectionString);
    }

    public override string Name => "postgresql";

    public override bool LosesCommits => true;

    /// <summary>The database as people know it.</summary>
    public string Address { get; }

    /// <summary>The server is away for now; the same may succeed later.</summary>
    public static bool IsAway(DbException exception) => exception switch
    {
        PostgresException error => error.SqlState is "57P01" or "57P02" or "57P03" or "53300" or "08000" or "08001" or "08003" or "08004" or "08006",
        NpgsqlException { InnerException: SocketException or IOException } => true,
        NpgsqlException { InnerException: TimeoutException } error => !error.Message.Contains("reading from stream", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>The number of a lock of that name; services that share a database by schemas have locks of their own.</summary>
    public static string LockKey(string parameter) => $"hashtextextended(current_schema() || ' ' || {parameter}, 0)";

    public override async Task PrepareAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (_schema is null)
        {
            return;
        }

        // A service whose connection string says `Search Path=product` has a schema of its own in a database that it shares.
        var connection = (NpgsqlConnection)transaction.Connection!;
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('schema ' || $1, 0)), to_regnamespace(quote_ident($1)) IS NOT NULL", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = _schema } },
        };
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            if (reader.GetBoolean(1))
            {
                return;
            }
        }

        await using var create = new NpgsqlCommand($"CREATE SCHEMA IF NOT EXISTS \"{_schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    public override async ValueTask<DbConnection> OpenReaderAsync(CancellationToken cancellationToken)
    {
        var connection = await _readers.OpenConnectionAsync(cancellationToken);
        // One connection that breaks is a sign for the others: they are looked at no more, but made anew.
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState is System.Data.ConnectionState.Broken)
            {
                _readers.Clear();
                _writers.Clear();
            }
        };
        return connection;
    }

    public override ValueTask<DbTransaction> BeginReadAsync(DbConnection reader, CancellationToken cancellationToken)
        => reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);

    public override async ValueTask<WriteLease> BeginWriteAsync(CancellationToken cancellationToken)
    {
        var connection = await _writers.OpenConnectionAsync(cancellationToken);
        try
        {
            return new WriteLease(await connection.BeginTransactionAsync(cancellationToken), connection.DisposeAsync);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override bool IsTransient(DbException exception)
    {
        if (IsAway(exception))
        {
            _writers.Clear();
            return true;
        }

        return exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable };
    }

    public override bool IsUniqueViolation(DbException exception) => exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public override async ValueTask<IAsyncDisposable?> TryLeadAsync(string work, CancellationToken cancellationToken)
    {
        var connection = await _readers.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({LockKey("$1")})", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = work } } };
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new Lead(connection, work);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    public override async ValueTask DisposeAsync()
    {
        await _readers.DisposeAsync();
        await _writers.DisposeAsync();
    }

    /// <summary>A lock of the session's: it ends with the connection as well, however the process ends.</summary>
    private sealed class Lead(NpgsqlConnection connection, string work) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            {
                await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({LockKey("$1")})", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = work } } };
                try
                {
                    await command.ExecuteNonQueryAsync();
                }
                catch (NpgsqlException exception) when (IsAway(exception))
                {
                    // The session is gone, and its locks with it.
                }
            }
        }
    }
}
