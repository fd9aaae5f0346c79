using Tandem.Components.Sqlite.Database;
using Tandem.Components.State;

namespace Tandem.Components.Sqlite.State;

/// <summary>Applies one operation inside the writer's transaction.</summary>
internal static class StateWrites
{
    public static StateOutcome Apply(SqliteConnection connection, StateSql sql, StateOperation operation, DateTimeOffset now)
        => operation switch
        {
            StateSet set => Set(connection, sql, set, now),
            StateDelete delete => Delete(connection, sql, delete, now),
            _ => throw new ArgumentException($"'{operation.GetType().Name}' is no operation of a state store.", nameof(operation)),
        };

    private static StateOutcome Set(SqliteConnection connection, StateSql sql, StateSet set, DateTimeOffset now)
    {
        var onlyFirst = set.ETag is null && set.Concurrency == StateConcurrency.FirstWrite;
        using var statement = connection.Prepare(set.ETag is not null ? sql.SetIfMatch : onlyFirst ? sql.SetFirst : sql.Set);
        Span<char> etag = stackalloc char[36];
        Guid.NewGuid().TryFormat(etag, out _);
        Span<byte> utf8ETag = stackalloc byte[36];
        System.Text.Encoding.ASCII.GetBytes(etag, utf8ETag);

        var nowText = SqliteTime.ToText(now);
        statement.Bind(1, set.Key);
        StateValue.Bind(statement, 2, set.Value.Span);
        statement.BindText(4, utf8ETag)
            .Bind(5, set.TimeToLive is { } timeToLive ? SqliteTime.ToText(now + timeToLive) : null)
            .Bind(6, nowText);
        if (set.ETag is not null || onlyFirst)
        {
            statement.Bind(7, nowText);
        }

        if (set.ETag is not null)
        {
            statement.Bind(8, set.ETag);
        }

        return statement.Run() > 0 ? StateOutcome.Done : StateOutcome.ETagMismatch;
    }

    private static StateOutcome Delete(SqliteConnection connection, StateSql sql, StateDelete delete, DateTimeOffset now)
    {
        if (delete.ETag is null)
        {
            using var statement = connection.Prepare(sql.Delete);
            statement.Bind(1, delete.Key).Run();
            return StateOutcome.Done;
        }

        using var matching = connection.Prepare(sql.DeleteIfMatch);
        return matching.Bind(1, delete.Key).Bind(7, SqliteTime.ToText(now)).Bind(8, delete.ETag).Run() > 0
            ? StateOutcome.Done
            : StateOutcome.ETagMismatch;
    }
}
