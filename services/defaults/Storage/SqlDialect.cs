using System.Data.Common;
using Dapper;
using Npgsql;

namespace Tandem.ServiceDefaults;

/// <summary>
/// The few words in which the databases differ where a statement is otherwise the same. SQLite has one writer at a time, so nothing can
/// change under a write transaction; elsewhere many write at once, and what one has read to change it must be held.
/// </summary>
public static class SqlDialect
{
    /// <summary>To be put behind a SELECT whose rows this transaction is going to change: others who want to do that wait for its end.</summary>
    public static string ForUpdate(this DbTransaction tx) => HasOneWriter(tx.Connection) ? "" : " FOR UPDATE";

    /// <summary>To be put behind a SELECT of work to do: rows that another instance has in hand are passed over.</summary>
    public static string ForUpdateSkipLocked(this DbTransaction tx) => HasOneWriter(tx.Connection) ? "" : " FOR UPDATE SKIP LOCKED";

    /// <summary>The condition that a column has one of the values of a parameter, which is an array.</summary>
    /// <remarks>Dapper writes a list out, parameter by parameter, except for PostgreSQL, which takes arrays.</remarks>
    public static string In(this DbConnection connection, string column, string parameter)
        => connection is NpgsqlConnection ? $"{column} = ANY(@{parameter})" : $"{column} IN @{parameter}";

    /// <summary>Holds a name until the end of the transaction: for what has no row yet that could be held, or must happen in one order.</summary>
    public static Task LockAsync(this DbTransaction tx, string name, CancellationToken cancellationToken)
        => tx.Connection is NpgsqlConnection connection
            ? connection.ExecuteAsync(new CommandDefinition($"SELECT pg_advisory_xact_lock({PostgreSqlEngine.LockKey("@name")})", new { name }, tx, cancellationToken: cancellationToken))
            : Task.CompletedTask;

    private static bool HasOneWriter(DbConnection? connection) => connection is Microsoft.Data.Sqlite.SqliteConnection;
}
