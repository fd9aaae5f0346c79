namespace Tandem.Components.Sqlite.State;

/// <summary>The statements of <c>state.sqlite</c>, in Dapr's table layout: what daprd wrote is read here, and the other way round.</summary>
internal sealed class StateSql(string table, string metadata)
{
    private const string Live = "(expiration_time IS NULL OR expiration_time > ?7)";

    /// <summary>The tables, with the version of the layout that Dapr notes as well.</summary>
    public string Create { get; } = $"""
        CREATE TABLE IF NOT EXISTS {metadata} (key text NOT NULL PRIMARY KEY, value text NOT NULL);
        CREATE TABLE IF NOT EXISTS {table} (
            key TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL,
            is_binary BOOLEAN NOT NULL,
            etag TEXT NOT NULL,
            expiration_time TIMESTAMP DEFAULT NULL,
            update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
        );
        INSERT OR IGNORE INTO {metadata} (key, value) VALUES ('migrations', '1')
        """;

    /// <summary>?1 key, ?2 now; columns value, is_binary, etag, expiration_time.</summary>
    public string Get { get; } =
        $"SELECT value, is_binary, etag, expiration_time FROM {table} WHERE key = ?1 AND (expiration_time IS NULL OR expiration_time > ?2)";

    /// <summary>?1 key, ?2 value, ?3 is_binary, ?4 new ETag, ?5 expiration, ?6 update time.</summary>
    public string Set { get; } = $"""
        INSERT INTO {table} (key, value, is_binary, etag, expiration_time, update_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, is_binary = excluded.is_binary, etag = excluded.etag,
            expiration_time = excluded.expiration_time, update_time = excluded.update_time
        """;

    /// <summary>As <see cref="Set"/>, changing nothing when the key exists; ?7 now.</summary>
    public string SetFirst { get; } = $"""
        INSERT INTO {table} (key, value, is_binary, etag, expiration_time, update_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, is_binary = excluded.is_binary, etag = excluded.etag,
            expiration_time = excluded.expiration_time, update_time = excluded.update_time
            WHERE {table}.expiration_time IS NOT NULL AND {table}.expiration_time <= ?7
        """;

    /// <summary>As <see cref="Set"/>, changing nothing unless ?8 is the current ETag; ?7 now.</summary>
    public string SetIfMatch { get; } = $"""
        UPDATE {table} SET value = ?2, is_binary = ?3, etag = ?4, expiration_time = ?5, update_time = ?6
        WHERE key = ?1 AND etag = ?8 AND {Live}
        """;

    /// <summary>?1 key.</summary>
    public string Delete { get; } = $"DELETE FROM {table} WHERE key = ?1";

    /// <summary>?1 key, ?7 now, ?8 ETag.</summary>
    public string DeleteIfMatch { get; } = $"DELETE FROM {table} WHERE key = ?1 AND etag = ?8 AND {Live}";

    /// <summary>?1 where to begin, ?2 now, ?3 how many, ?4 a key to leave out; columns as <see cref="Get"/>, then key.</summary>
    public string List { get; } = $"""
        SELECT value, is_binary, etag, expiration_time, key FROM {table}
        WHERE key >= ?1 AND key IS NOT ?4 AND (expiration_time IS NULL OR expiration_time > ?2) ORDER BY key LIMIT ?3
        """;

    /// <summary>?1 prefix. U+10FFFF is the last code point, and no character.</summary>
    public string DeletePrefix { get; } = $"DELETE FROM {table} WHERE key >= ?1 AND key < ?1 || char(0x10FFFF)";

    /// <summary>?1 now.</summary>
    public string DeleteExpired { get; } = $"DELETE FROM {table} WHERE expiration_time IS NOT NULL AND expiration_time <= ?1";

    /// <summary>?1 now, ?2 the time before which the last clean-up must lie; changes a row when this process is to clean up.</summary>
    public string ClaimCleanup { get; } = $"""
        INSERT INTO {metadata} (key, value) VALUES ('last-cleanup', ?1)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE {metadata}.value <= ?2
        """;
}
