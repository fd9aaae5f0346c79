using System.Collections.Concurrent;
using Tandem.Components.Metadata;

namespace Tandem.Components.Sqlite.Database;

/// <summary>
/// A database file as this process uses it: opened once for all components that name it with the same settings, with one writer that
/// commits in groups and a pool of connections for reading. Other processes, and components with other time limits, may use the same
/// file at the same time.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private const int MaxIdleReaders = 8;
    private static readonly Lock OpenLock = new();
    private static readonly Dictionary<SqliteOptions, SqliteDatabase> Open = [];

    private readonly ConcurrentBag<SqliteConnection> _idleReaders = [];
    private readonly ConcurrentDictionary<Type, object> _shared = new();
    private readonly SqliteOptions _options;
    private readonly GroupCommitWriter _writer;
    private readonly bool _isShared;
    private int _users = 1;

    private SqliteDatabase(SqliteOptions options, bool isShared)
    {
        _options = options;
        _isShared = isShared;
        _writer = new GroupCommitWriter(SqliteConnection.Open(options, readOnly: false), options);
    }

    /// <summary>The file, for messages.</summary>
    public string Path => _options.Path;

    /// <summary>How many commits the writer made.</summary>
    public long Commits => _writer.Commits;

    /// <summary>
    /// Opens the database, or shares it with who opened it with the same settings before. Dispose it once for each call.
    /// </summary>
    /// <exception cref="ComponentMetadataException">The file is open with another kind of journal, of which a file has one.</exception>
    public static SqliteDatabase Acquire(SqliteOptions options)
    {
        lock (OpenLock)
        {
            if (Open.TryGetValue(options, out var database))
            {
                database._users++;
                return database;
            }

            if (Open.Keys.Any(other => other.Path == options.Path && other.InMemory == options.InMemory && other.DisableWal != options.DisableWal))
            {
                throw new ComponentMetadataException("disableWAL", $"differs from that of another component which uses the same file '{options.Path}'");
            }

            return Open[options] = new SqliteDatabase(options, isShared: true);
        }
    }

    /// <summary>Opens the database apart from other users in this process, as another process would.</summary>
    public static SqliteDatabase OpenApart(SqliteOptions options) => new(options, isShared: false);

    /// <summary>Something that all users of the database in this process share.</summary>
    public T Share<T>(Func<SqliteDatabase, T> create)
        where T : class
        => (T)_shared.GetOrAdd(typeof(T), static (_, argument) => argument.create(argument.database), (create, database: this));

    /// <summary>
    /// Runs a write in the writer's next transaction and waits until it is on disk. The work runs on the writer's thread: it must
    /// not wait for anything.
    /// </summary>
    public ValueTask<TResult> WriteAsync<TState, TResult>(
        Func<SqliteConnection, TState, TResult> work, TState state, CancellationToken cancellationToken)
        => _writer.WriteAsync(work, state, cancellationToken);

    /// <summary>Runs a write that answers nothing.</summary>
    public async ValueTask WriteAsync<TState>(Action<SqliteConnection, TState> work, TState state, CancellationToken cancellationToken)
        => await _writer.WriteAsync(
            static (connection, argument) =>
            {
                argument.work(connection, argument.state);
                return true;
            },
            (work, state),
            cancellationToken);

    /// <summary>Reads what is committed, on a connection of the pool and on the caller's thread.</summary>
    public ValueTask<TResult> ReadAsync<TState, TResult>(
        Func<SqliteConnection, TState, TResult> work, TState state, CancellationToken cancellationToken)
    {
        if (_options.InMemory || _options.DisableWal)
        {
            // A database in memory is its connection, and without a write-ahead log readers and the writer shut each other out:
            // reads queue with the writes.
            return _writer.WriteAsync(work, state, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!_idleReaders.TryTake(out var connection))
        {
            connection = SqliteConnection.Open(_options, readOnly: true);
        }

        try
        {
            return ValueTask.FromResult(work(connection, state));
        }
        finally
        {
            if (_idleReaders.Count < MaxIdleReaders)
            {
                _idleReaders.Add(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (OpenLock)
        {
            if (--_users > 0)
            {
                return;
            }

            if (_isShared)
            {
                Open.Remove(_options);
            }
        }

        // Joins the writer's thread, which commits what waits.
        await Task.Run(_writer.Dispose);
        while (_idleReaders.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }
}
