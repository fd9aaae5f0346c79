using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Tandem.Components.State;

namespace Tandem.Components.PostgreSql.State;

/// <summary>
/// A table of Dapr's and the statements that read and write it: what daprd wrote is read here, and the other way round. Times are the
/// server's, so that all who share a table share a clock.
/// </summary>
internal abstract class StateLayout(string table, string metadataTable)
{
    /// <summary>The table's name as it stands in statements.</summary>
    public string Table { get; } = table;

    /// <summary>The table in which Dapr notes the versions of its layouts, and when it cleaned up.</summary>
    public string MetadataTable { get; } = metadataTable;

    /// <summary>The columns, in Dapr's order.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The statement that makes the table.</summary>
    public abstract string Create { get; }

    /// <summary>Statements that bring a table of an older version up to this one; they do no harm to a newer one.</summary>
    public abstract string Upgrade { get; }

    /// <summary>Under which key the layout's version is noted, and which it is.</summary>
    public abstract (string Key, int Version) Version { get; }

    /// <summary>Under which key the last clean-up is noted.</summary>
    public abstract string CleanupKey { get; }

    /// <summary>The column with the time at which a value expires.</summary>
    public abstract string ExpiryColumn { get; }

    /// <summary>What is selected of a row, for <see cref="Read"/>.</summary>
    public abstract string Selected { get; }

    /// <summary>That a value has not expired.</summary>
    public string Live => $"({ExpiryColumn} IS NULL OR {ExpiryColumn} > now())";

    /// <summary>$1 key.</summary>
    public string Get => field ??= $"SELECT {Selected} FROM {Table} WHERE key = $1 AND {Live}";

    /// <summary>$1 keys.</summary>
    public string GetMany => field ??= $"SELECT {Selected} FROM {Table} WHERE key = ANY($1) AND {Live}";

    /// <summary>$1 prefix, $2 the key after which to begin, $3 how many. The order is that of the bytes, whatever the database's own is.</summary>
    public string List => field ??= $"""
        SELECT {Selected} FROM {Table}
        WHERE starts_with(key, $1) AND key COLLATE "C" > $2 AND {Live} ORDER BY key COLLATE "C" LIMIT $3
        """;

    /// <summary>$1 key.</summary>
    public string Delete => field ??= $"DELETE FROM {Table} WHERE key = $1";

    /// <summary>$1 key, $2 ETag.</summary>
    public string DeleteIfMatch => field ??= $"DELETE FROM {Table} WHERE key = $1 AND {ETagColumn} = $2 AND {Live}";

    /// <summary>$1 prefix.</summary>
    public string DeletePrefix => field ??= $"DELETE FROM {Table} WHERE starts_with(key, $1)";

    /// <summary>Deletes what has expired.</summary>
    public string DeleteExpired => field ??= $"DELETE FROM {Table} WHERE {ExpiryColumn} < now()";

    /// <summary>$1 key of the note, $2 the least milliseconds since the last clean-up; changes a row when this process is to clean up.</summary>
    public string ClaimCleanup => field ??= $"""
        INSERT INTO {MetadataTable} AS noted (key, value) VALUES ($1, now()::text)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
            WHERE extract(epoch FROM now() - noted.value::timestamptz) * 1000 > $2
        """;

    /// <summary>The column that is the ETag.</summary>
    protected abstract string ETagColumn { get; }

    /// <summary>Whether the text can be an ETag of this layout; if so, the parameter that it is.</summary>
    public abstract bool TryParseETag(string text, [NotNullWhen(true)] out NpgsqlParameter? parameter);

    /// <summary>What is said to a write whose ETag cannot be one of this layout.</summary>
    public abstract StateOutcome WithForeignETag { get; }

    /// <summary>The statement that saves a value.</summary>
    public abstract NpgsqlBatchCommand Set(StateSet set, NpgsqlParameter? etag);

    /// <summary>Reads a row of <see cref="Selected"/>.</summary>
    public abstract StateItem Read(NpgsqlDataReader row);

    /// <summary>How long a value lives, as the parameter of an interval.</summary>
    protected static NpgsqlParameter TimeToLive(StateSet set)
        => new() { NpgsqlDbType = NpgsqlDbType.Interval, Value = set.TimeToLive is { } time ? time : DBNull.Value };

    /// <summary>The time at which the row's value expires.</summary>
    protected static DateTimeOffset? ReadExpiry(NpgsqlDataReader row, int column)
        => row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column), TimeSpan.Zero);

    /// <summary>The text of a version that was noted.</summary>
    public string VersionText => Version.Version.ToString(CultureInfo.InvariantCulture);
}
