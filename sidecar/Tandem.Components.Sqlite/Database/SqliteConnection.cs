using SQLitePCL;

namespace Tandem.Components.Sqlite.Database;

/// <summary>One connection to a database and its prepared statements. It belongs to one thread at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);
    private readonly sqlite3 _database;
    private readonly string _path;

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 database, string path)
    {
        _database = database;
        _path = path;
    }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_database) == 0;

    /// <summary>Set by <see cref="UndoWrite"/>.</summary>
    public bool WriteUndone { get; private set; }

    /// <summary>Opens the database, making the file and its folder when they are missing.</summary>
    public static SqliteConnection Open(SqliteOptions options, bool readOnly)
    {
        if (!options.InMemory)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(options.Path)!);
        }

        const int Flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(options.InMemory ? ":memory:" : options.Path, out var database, Flags, null);
        if (code != raw.SQLITE_OK)
        {
            database?.Dispose();
            SqliteException.ThrowIfFailed(code, null, options.Path);
        }

        var connection = new SqliteConnection(database!, options.Path);
        try
        {
            connection.Configure(options, readOnly);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The statement, ready to be bound; prepared once a connection. Dispose it when done with its rows.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            const int Persistent = 1;
            var code = raw.sqlite3_prepare_v3(_database, sql, Persistent, out var handle);
            SqliteException.ThrowIfFailed(code, _database, _path);
            _statements[sql] = statement = new SqliteStatement(handle, _database, _path);
        }

        return statement;
    }

    /// <summary>A statement that is not kept: for those that are put together for one use. Disposing it frees it.</summary>
    public SqliteStatement PrepareOnce(string sql)
    {
        var code = raw.sqlite3_prepare_v3(_database, sql, 0, out var handle);
        SqliteException.ThrowIfFailed(code, _database, _path);
        return new SqliteStatement(handle, _database, _path, isKept: false);
    }

    /// <summary>Runs statements that take no parameters; for schemas and pragmas.</summary>
    public void Execute(string sql)
        => SqliteException.ThrowIfFailed(raw.sqlite3_exec(_database, sql), _database, _path);

    /// <summary>Runs one prepared statement that takes no parameters.</summary>
    public void Run(string sql)
    {
        using var statement = Prepare(sql);
        statement.Run();
    }

    /// <summary>The first column of the first row.</summary>
    public long ReadInt64(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>Lets the write that runs on this connection end without effect; its result is still answered.</summary>
    public void UndoWrite() => WriteUndone = true;

    /// <summary>Begins the next write.</summary>
    public void ResetUndo() => WriteUndone = false;

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _statements.Clear();
        _database.Dispose();
    }

    private void Configure(SqliteOptions options, bool readOnly)
    {
        _ = raw.sqlite3_busy_timeout(_database, (int)options.BusyTimeout.TotalMilliseconds);
        if (readOnly)
        {
            Execute("PRAGMA query_only = 1");
            return;
        }

        if (!options.InMemory)
        {
            SetJournalMode(options);
        }

        // FULL: a commit that was answered survives a loss of power, not only the end of the process.
        Execute("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY");
    }

    private void SetJournalMode(SqliteOptions options)
    {
        var deadline = Environment.TickCount64 + (long)options.Timeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                Execute(options.DisableWal ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL");
                return;
            }
            catch (SqliteException exception) when (exception.IsBusy && Environment.TickCount64 < deadline)
            {
                // SQLite does not wait here by itself while another process opens a new file too.
                Thread.Sleep(5);
            }
        }
    }
}
