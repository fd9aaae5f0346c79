using System.Threading.Channels;

namespace Tandem.Components.Sqlite.Database;

/// <summary>
/// The one writer of a database. It takes every write that waits, runs each in a savepoint of its own and commits them together:
/// one flush to the disk for all of them, and no answer before it.
/// </summary>
internal sealed class GroupCommitWriter : IDisposable
{
    private const int MaxWaiting = 4096;
    private const int MaxGroup = 512;

    private readonly Channel<SqliteWrite> _waiting = Channel.CreateBounded<SqliteWrite>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly object _sleep = new();
    private readonly List<SqliteWrite> _group = new(MaxGroup);
    private readonly SqliteConnection _connection;
    private readonly TimeSpan _timeout;
    private readonly Thread _thread;
    private volatile bool _asleep;
    private volatile bool _closing;
    private long _commits;

    public GroupCommitWriter(SqliteConnection connection, SqliteOptions options)
    {
        _connection = connection;
        _timeout = options.Timeout;

        // A thread of its own: a flush blocks for milliseconds, which would starve the pool on a small machine.
        _thread = new Thread(Loop) { IsBackground = true, Name = $"SQLite writer of {Path.GetFileName(options.Path)}" };
        _thread.Start();
    }

    /// <summary>How many commits were made; fewer than writes under load.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Queues a write and waits until it is on disk.</summary>
    public async ValueTask<TResult> WriteAsync<TState, TResult>(
        Func<SqliteConnection, TState, TResult> work, TState state, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var write = new SqliteWrite<TState, TResult>(work, state, cancellationToken);
        if (!_waiting.Writer.TryWrite(write))
        {
            try
            {
                await _waiting.Writer.WriteAsync(write, cancellationToken);
            }
            catch (ChannelClosedException)
            {
                throw new ObjectDisposedException(nameof(SqliteDatabase), "The database was closed.");
            }
        }

        Wake();
        return await write.Answer;
    }

    /// <summary>Commits what still waits, then ends.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _closing = true;
        Wake();
        _thread.Join();
        _connection.Dispose();
    }

    private void Loop()
    {
        while (WaitForWrites())
        {
            while (_group.Count < MaxGroup && _waiting.Reader.TryRead(out var write))
            {
                if (write.TryStart())
                {
                    _group.Add(write);
                }
            }

            if (_group.Count > 0)
            {
                Commit();
            }

            _group.Clear();
        }
    }

    /// <summary>Sleeps until a write waits; false when none will come any more. The waits of channels and tasks would spin first.</summary>
    private bool WaitForWrites()
    {
        while (_waiting.Reader.Count == 0)
        {
            lock (_sleep)
            {
                // Whoever adds a write after this looks at the flag after adding: one of the two sees the other.
                _asleep = true;
                if (_waiting.Reader.Count == 0)
                {
                    if (_closing)
                    {
                        return false;
                    }

                    Monitor.Wait(_sleep);
                }

                _asleep = false;
            }
        }

        return true;
    }

    private void Wake()
    {
        // The write was added under the channel's lock, which orders it before this look.
        if (_asleep)
        {
            lock (_sleep)
            {
                Monitor.Pulse(_sleep);
            }
        }
    }

    private void Commit()
    {
        try
        {
            Begin();
            foreach (var write in _group)
            {
                RunInSavepoint(write);
            }

            CommitTransaction();
            Interlocked.Increment(ref _commits);
        }
        catch (Exception exception)
        {
            foreach (var write in _group)
            {
                write.Reject(exception);
            }

            RollBack();
        }

        foreach (var write in _group)
        {
            write.Complete();
        }
    }

    private void RunInSavepoint(SqliteWrite write)
    {
        _connection.Run("SAVEPOINT one");
        _connection.ResetUndo();
        try
        {
            write.Run(_connection);
            if (_connection.WriteUndone)
            {
                _connection.Run("ROLLBACK TO one");
            }
        }
        catch (Exception exception) when (_connection.InTransaction)
        {
            // This write alone failed. When SQLite gave up the whole transaction (disk full), the group fails as one instead.
            _connection.Run("ROLLBACK TO one");
            write.Reject(exception);
        }

        _connection.Run("RELEASE one");
    }

    private void Begin() => RetryWhileBusy("BEGIN IMMEDIATE");

    private void CommitTransaction() => RetryWhileBusy("COMMIT");

    private void RetryWhileBusy(string sql)
    {
        var deadline = Environment.TickCount64 + (long)_timeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                _connection.Run(sql);
                return;
            }
            catch (SqliteException exception) when (exception.IsBusy && Environment.TickCount64 < deadline)
            {
                // Each attempt has waited for the busy timeout already.
            }
        }
    }

    private void RollBack()
    {
        if (_connection.InTransaction)
        {
            _connection.Run("ROLLBACK");
        }
    }
}
