using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>
/// The service's relational database. Everybody who asks for it before its migrations ran waits for them.
/// Use Dapper on the connections: <c>tx.Connection!.ExecuteAsync(sql, parameters, tx)</c>. What is read to be changed is read with
/// <see cref="SqlDialect.ForUpdate"/>.
/// </summary>
public sealed partial class Database : IAsyncDisposable
{
    private const int MostAttempts = 8;

    /// <summary>Guards against a write inside a write, which would wait for itself.</summary>
    private static readonly AsyncLocal<bool> Writing = new();

    private readonly TaskCompletionSource<DatabaseEngine> _engine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<DbTransaction, List<Action>> _afterCommit = new();
    private readonly TimeProvider _time;
    private readonly ILogger<Database> _logger;

    internal Database(TimeProvider time, ILogger<Database> logger)
    {
        _time = time;
        _logger = logger;
    }

    /// <summary>Opens a connection for reading; dispose it. The database refuses to write on it.</summary>
    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var engine = await EngineAsync(cancellationToken);
        return await engine.OpenReaderAsync(cancellationToken);
    }

    /// <summary>Reads with several statements that all see the same moment: rows that belong together fit together.</summary>
    public async Task<T> ReadAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        var engine = await EngineAsync(cancellationToken);
        await using var connection = await engine.OpenReaderAsync(cancellationToken);
        await using var transaction = await engine.BeginReadAsync(connection, cancellationToken);
        return await work(transaction);
    }

    /// <summary>
    /// Runs the work in one write transaction and commits it. The work may run again when the database was busy or away, so it must not
    /// touch anything but the database. An exception rolls back.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        var engine = await EngineAsync(cancellationToken);
        return await WriteAsync(engine, work, cancellationToken);
    }

    /// <summary>Runs the work in one write transaction, as the other overload does, when there is nothing to return.</summary>
    public Task WriteAsync(Func<DbTransaction, Task> work, CancellationToken cancellationToken)
        => WriteAsync(
            async transaction =>
            {
                await work(transaction);
                return true;
            },
            cancellationToken);

    /// <summary>Runs the action after this transaction was committed, and never when it is rolled back. It must be short.</summary>
    public void AfterCommit(DbTransaction transaction, Action action)
    {
        if (!_afterCommit.TryGetValue(transaction, out var actions))
        {
            throw new InvalidOperationException("The transaction is none of WriteAsync, or has ended.");
        }

        actions.Add(action);
    }

    /// <summary>Whether this is the database's word for: a row with that key is there already.</summary>
    public bool IsUniqueViolation(DbException exception) => _engine.Task.IsCompletedSuccessfully && _engine.Task.Result.IsUniqueViolation(exception);

    /// <summary>
    /// Makes this instance the one that does some work, of all that share the database, until the result is disposed; nothing when another
    /// one does it now.
    /// </summary>
    internal async ValueTask<IAsyncDisposable?> TryLeadAsync(string work, CancellationToken cancellationToken)
        => await (await EngineAsync(cancellationToken)).TryLeadAsync(work, cancellationToken);

    /// <summary>Closes the database; open connections stay usable until they are disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_engine.TrySetException(new ObjectDisposedException(nameof(Database))))
        {
            // Nobody may be waiting, and then nobody would ever look at the exception.
            _ = _engine.Task.Exception;
        }
        else if (_engine.Task.IsCompletedSuccessfully)
        {
            await _engine.Task.Result.DisposeAsync();
        }
    }

    /// <summary>Lets everybody in who waits: the migrations ran.</summary>
    internal bool TryOpen(DatabaseEngine engine) => _engine.TrySetResult(engine);

    internal Task<T> MigrateAsync<T>(DatabaseEngine engine, Func<DbTransaction, Task<T>> work, CancellationToken cancellationToken)
        => WriteAsync(engine, work, cancellationToken);

    private async Task<T> WriteAsync<T>(DatabaseEngine engine, Func<DbTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        if (Writing.Value)
        {
            throw new InvalidOperationException("WriteAsync was called inside WriteAsync: pass the transaction on instead.");
        }

        for (var attempt = 1; ; attempt++)
        {
            var isCommitting = false;
            try
            {
                return await WriteOnceAsync(engine, work, () => isCommitting = true, cancellationToken);
            }
            catch (DbException exception) when (attempt < MostAttempts && engine.IsTransient(exception) && !(isCommitting && engine.LosesCommits))
            {
                Log.Busy(_logger, attempt, exception.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 20 << attempt)), _time, cancellationToken);
            }
        }
    }

    private async Task<T> WriteOnceAsync<T>(DatabaseEngine engine, Func<DbTransaction, Task<T>> work, Action committing, CancellationToken cancellationToken)
    {
        List<Action> afterCommit = [];
        T result;
        await using (var lease = await engine.BeginWriteAsync(cancellationToken))
        {
            var transaction = lease.Transaction;
            _afterCommit[transaction] = afterCommit;
            Writing.Value = true;
            try
            {
                result = await work(transaction);

                committing();

                // From here on the caller's patience does not matter: half a commit is worse than a late one.
                await transaction.CommitAsync(CancellationToken.None);
            }
            finally
            {
                Writing.Value = false;
                _afterCommit.TryRemove(transaction, out _);
            }
        }

        foreach (var action in afterCommit)
        {
            action();
        }

        return result;
    }

    private ValueTask<DatabaseEngine> EngineAsync(CancellationToken cancellationToken)
        => _engine.Task.IsCompletedSuccessfully
            ? ValueTask.FromResult(_engine.Task.Result)
            : new ValueTask<DatabaseEngine>(_engine.Task.WaitAsync(cancellationToken));

    private static partial class Log
    {
        [LoggerMessage(5101, LogLevel.Debug, "The database is busy (attempt {Attempt}): {Reason}")]
        public static partial void Busy(ILogger logger, int attempt, string reason);
    }
}
