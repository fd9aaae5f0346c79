using System.Globalization;
using Microsoft.Extensions.Logging;
using Tandem.Components.PostgreSql.Connection;
using Tandem.Components.State;

namespace Tandem.Components.PostgreSql.State;

/// <summary>Version 1, whose JSON the server can look into.</summary>
internal sealed class QueryableStateStore(PostgreSqlStateOptions options, PostgreSqlClient client, TimeProvider timeProvider, ILogger<PostgreSqlStateStore> logger)
    : PostgreSqlStateStore(options, client, timeProvider, logger), IQueryableStateStore
{
    /// <inheritdoc/>
    public async ValueTask<StateQueryPage> QueryAsync(StateQuery query, CancellationToken cancellationToken)
    {
        var offset = ReadToken(query.Token);
        var sql = new StateQuerySql(Layout, query, offset);
        var items = await ReadAsync(sql.Text, [.. sql.Parameters], cancellationToken);

        // One more than asked for says that there is another page.
        return query.Limit is { } limit && items.Count > limit
            ? new StateQueryPage(items[..limit], (offset + limit).ToString(CultureInfo.InvariantCulture))
            : new StateQueryPage(items, null);
    }

    private static long ReadToken(string? token)
        => string.IsNullOrEmpty(token) ? 0
            : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset
            : throw new StateQueryException($"the page token '{token}' is none of this store");
}
