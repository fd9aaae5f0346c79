using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tandem.Components.PostgreSql.Connection;
using Tandem.Components.State;

namespace Tandem.Components.PostgreSql.State;

/// <summary><c>state.postgresql</c>: a row for each key, in one of Dapr's table layouts.</summary>
internal class PostgreSqlStateStore(PostgreSqlStateOptions options, PostgreSqlClient client, TimeProvider timeProvider, ILogger<PostgreSqlStateStore> logger)
    : ITransactionalStateStore, IKeyListingStateStore, IPrefixDeletingStateStore, IExpiringStateStore, IInitializable, IAsyncDisposable
{
    private const int ListPage = 1000;

    private IAsyncDisposable? _cleanup;

    protected PostgreSqlClient Client => client;

    protected StateLayout Layout => options.Layout;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        await client.InitializeAsync((connection, token) => StateTables.EnsureAsync(connection, Layout, token), cancellationToken);
        if (options.CleanupInterval is { } interval)
        {
            _cleanup = new ExpiredStateCleaner(client, Layout, interval, timeProvider, logger).Start();
        }
    }

    /// <inheritdoc/>
    public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
        => client.RunAsync(
            static async (connection, query, token) =>
            {
                await using var command = new NpgsqlCommand(query.Layout.Get, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = query.key } } };
                await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SingleRow, token);
                return await reader.ReadAsync(token) ? query.Layout.Read(reader) : null;
            },
            (Layout, key),
            mayRepeat: true,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var found = await ReadAsync(Layout.GetMany, [new NpgsqlParameter { Value = keys.ToArray() }], cancellationToken);
        var byKey = found.ToDictionary(static item => item.Key, StringComparer.Ordinal);
        return [.. keys.Select(key => byKey.GetValueOrDefault(key))];
    }

    /// <inheritdoc/>
    public ValueTask<StateOutcome> SetAsync(StateSet request, CancellationToken cancellationToken) => ApplyAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateOutcome> DeleteAsync(StateDelete request, CancellationToken cancellationToken) => ApplyAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateOutcome> ExecuteAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
        {
            return ValueTask.FromResult(StateOutcome.Done);
        }

        if (operations.Count == 1)
        {
            return ApplyAsync(operations[0], cancellationToken);
        }

        var foreign = operations.FirstOrDefault(operation => !string.IsNullOrEmpty(operation.ETag) && !Layout.TryParseETag(operation.ETag, out _));
        return foreign is not null
            ? ValueTask.FromResult(Layout.WithForeignETag)
            : client.RunAsync(StateTransaction.RunAsync, (Layout, operations), operations.All(StateTransaction.MayRepeat), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StateItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = "";
        while (true)
        {
            var page = await ReadAsync(
                Layout.List,
                [
                    new NpgsqlParameter<string> { TypedValue = prefix },
                    new NpgsqlParameter<string> { TypedValue = last },
                    new NpgsqlParameter<int> { TypedValue = ListPage },
                ],
                cancellationToken);
            foreach (var item in page)
            {
                yield return item;
            }

            if (page.Count < ListPage)
            {
                yield break;
            }

            last = page[^1].Key;
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken)
        => client.RunAsync(
            static async (connection, request, token) =>
            {
                await using var command = new NpgsqlCommand(request.Layout.DeletePrefix, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = request.prefix } } };
                return (long)await command.ExecuteNonQueryAsync(token);
            },
            (Layout, prefix),
            mayRepeat: true,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_cleanup is not null)
        {
            await _cleanup.DisposeAsync();
        }

        await client.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a query whose rows are those of the layout.</summary>
    protected ValueTask<List<StateItem>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
        => client.RunAsync(
            static async (connection, query, token) =>
            {
                await using var command = new NpgsqlCommand(query.sql, connection);
                foreach (var parameter in query.parameters)
                {
                    // A second try is a second command, and a parameter belongs to one.
                    command.Parameters.Add(parameter.Clone());
                }

                var items = new List<StateItem>();
                await using var reader = await command.ExecuteReaderAsync(token);
                while (await reader.ReadAsync(token))
                {
                    items.Add(query.Layout.Read(reader));
                }

                return items;
            },
            (Layout, sql, parameters),
            mayRepeat: true,
            cancellationToken);

    private ValueTask<StateOutcome> ApplyAsync(StateOperation operation, CancellationToken cancellationToken)
        => !string.IsNullOrEmpty(operation.ETag) && !Layout.TryParseETag(operation.ETag, out _)
            ? ValueTask.FromResult(Layout.WithForeignETag)
            : client.RunAsync(StateTransaction.RunOneAsync, (Layout, operation), StateTransaction.MayRepeat(operation), cancellationToken);
}
