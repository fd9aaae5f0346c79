using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Tandem.Components.Sqlite.Database;
using Tandem.Components.State;

namespace Tandem.Components.Sqlite.State;

/// <summary><c>state.sqlite</c>: durable state in one file, in Dapr's table layout.</summary>
internal sealed class SqliteStateStore(SqliteStateOptions options, TimeProvider timeProvider, ILogger<SqliteStateStore> logger)
    : ITransactionalStateStore, IKeyListingStateStore, IPrefixDeletingStateStore, IQueryableStateStore, IExpiringStateStore, IInitializable, IAsyncDisposable
{
    private const int ListPage = 256;

    private readonly StateSql _sql = new(options.TableName, options.MetadataTableName);
    private SqliteDatabase? _database;
    private IAsyncDisposable? _cleanup;

    private SqliteDatabase Database => _database ?? throw new InvalidOperationException("The state store is not initialised.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        _database = SqliteDatabase.Acquire(options.Database);
        await _database.WriteAsync(static (connection, sql) => connection.Execute(sql.Create), _sql, cancellationToken);
        if (options.CleanupInterval > TimeSpan.Zero)
        {
            _cleanup = new ExpiredStateCleaner(_database, _sql, options.CleanupInterval, timeProvider, logger).Start();
        }
    }

    /// <inheritdoc/>
    public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
        => Database.ReadAsync(
            static (connection, query) => Get(connection, query.sql, query.key, query.now),
            (sql: _sql, key, now: Now()),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
        => Database.ReadAsync(
            static (connection, query) =>
            {
                var items = new StateItem?[query.keys.Count];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = Get(connection, query.sql, query.keys[i], query.now);
                }

                return (IReadOnlyList<StateItem?>)items;
            },
            (sql: _sql, keys, now: Now()),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateOutcome> SetAsync(StateSet request, CancellationToken cancellationToken)
        => ApplyAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateOutcome> DeleteAsync(StateDelete request, CancellationToken cancellationToken)
        => ApplyAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateOutcome> ExecuteAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
        => operations.Count == 0
            ? ValueTask.FromResult(StateOutcome.Done)
            : Database.WriteAsync(
                static (connection, transaction) =>
                {
                    foreach (var operation in transaction.operations)
                    {
                        var outcome = StateWrites.Apply(connection, transaction.sql, operation, transaction.now);
                        if (outcome != StateOutcome.Done)
                        {
                            connection.UndoWrite();
                            return outcome;
                        }
                    }

                    return StateOutcome.Done;
                },
                (sql: _sql, operations, now: timeProvider.GetUtcNow()),
                cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StateItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = prefix;
        string? last = null;
        while (true)
        {
            var page = await Database.ReadAsync(ReadPage, (_sql, from, last, Now()), cancellationToken);
            foreach (var item in page)
            {
                // Keys that start with the prefix are neighbours in the index: the first other one is the end.
                if (!item.Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    yield break;
                }

                yield return item;
            }

            if (page.Count < ListPage)
            {
                yield break;
            }

            from = last = page[^1].Key;
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken)
        => Database.WriteAsync(
            static (connection, request) =>
            {
                using var statement = connection.Prepare(request.sql.DeletePrefix);
                return (long)statement.Bind(1, request.prefix).Run();
            },
            (sql: _sql, prefix),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateQueryPage> QueryAsync(StateQuery query, CancellationToken cancellationToken)
        => Database.ReadAsync(
            static (connection, statement) => statement.Read(connection), new StateQuerySql(options.TableName, query, Now()), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_cleanup is not null)
        {
            await _cleanup.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private static StateItem? Get(SqliteConnection connection, StateSql sql, string key, string now)
    {
        using var statement = connection.Prepare(sql.Get);
        return statement.Bind(1, key).Bind(2, now).Step() ? StateValue.Read(statement, key) : null;
    }

    private static List<StateItem> ReadPage(SqliteConnection connection, (StateSql Sql, string From, string? Last, string Now) query)
    {
        var page = new List<StateItem>();
        using var statement = connection.Prepare(query.Sql.List);
        statement.Bind(1, query.From).Bind(2, query.Now).Bind(3, ListPage).Bind(4, query.Last);
        while (statement.Step())
        {
            page.Add(StateValue.Read(statement, statement.Text(4)));
        }

        return page;
    }

    private ValueTask<StateOutcome> ApplyAsync(StateOperation operation, CancellationToken cancellationToken)
        => Database.WriteAsync(
            static (connection, write) => StateWrites.Apply(connection, write.sql, write.operation, write.now),
            (sql: _sql, operation, now: timeProvider.GetUtcNow()),
            cancellationToken);

    private string Now() => SqliteTime.ToText(timeProvider.GetUtcNow());
}
