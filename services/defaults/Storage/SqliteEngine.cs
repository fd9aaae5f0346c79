using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Tandem.ServiceDefaults;

/// <summary>
/// SQLite: readers never wait (WAL); writers of this process take turns on one connection, so that they queue in order instead of polling
/// the file's lock. A commit is on disk when it returns.
/// </summary>
internal sealed class SqliteEngine : DatabaseEngine
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int PrimaryKeyViolation = 1555;
    private const int UniqueViolation = 2067;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _readers;
    private readonly string _writers;
    private SqliteConnection? _writer;

    static SqliteEngine() => SQLitePCL.Batteries_V2.Init();

    /// <param name="connectionString">The connection string; a relative file is taken to be in the data directory.</param>
    /// <param name="dataDirectory">Where the service keeps its data.</param>
    public SqliteEngine(string connectionString, string dataDirectory)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = true };
        if (builder.DataSource.Length == 0 || builder.DataSource == ":memory:" || builder.Mode == SqliteOpenMode.Memory)
        {
            throw new InvalidOperationException("The database's connection string must name a file (Data Source=…): what a service stores has to last.");
        }

        builder.DataSource = Path.GetFullPath(builder.DataSource, dataDirectory);
        Directory.CreateDirectory(Path.GetDirectoryName(builder.DataSource)!);
        builder.Pooling = true;
        _readers = builder.ToString();
        builder.Pooling = false;
        _writers = builder.ToString();
    }

    public override string Name => "sqlite";

    public override async ValueTask<DbConnection> OpenReaderAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(_readers);
        try
        {
            await connection.OpenAsync(cancellationToken);
            Execute(connection, "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;");
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override ValueTask<DbTransaction> BeginReadAsync(DbConnection reader, CancellationToken cancellationToken)
        => ValueTask.FromResult<DbTransaction>(((SqliteConnection)reader).BeginTransaction(deferred: true));

    public override async ValueTask<WriteLease> BeginWriteAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _writer ??= OpenWriter();
            return new WriteLease(_writer.BeginTransaction(deferred: false), Release);
        }
        catch
        {
            await CloseWriterAsync();
            _turn.Release();
            throw;
        }
    }

    public override bool IsTransient(DbException exception) => exception is SqliteException { SqliteErrorCode: Busy or Locked };

    public override bool IsUniqueViolation(DbException exception)
        => exception is SqliteException { SqliteExtendedErrorCode: PrimaryKeyViolation or UniqueViolation };

    public override async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await CloseWriterAsync();
        SqliteConnection.ClearPool(new SqliteConnection(_readers));
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection OpenWriter()
    {
        var connection = new SqliteConnection(_writers);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private ValueTask Release()
    {
        _turn.Release();
        return ValueTask.CompletedTask;
    }

    private async ValueTask CloseWriterAsync()
    {
        if (_writer is { } writer)
        {
            _writer = null;
            await writer.DisposeAsync();
        }
    }
}
