namespace Tandem.Components.Sqlite.NameResolution;

/// <summary>
/// The statements of <c>nameresolution.sqlite</c>. The hosts are in Dapr's table, so that daprd and Tandem find each other; which process
/// a host belongs to and its actor types are in tables of Tandem's own beside it.
/// </summary>
internal sealed class HostsSql(string hosts, string metadata)
{
    public string Create { get; } = $"""
        CREATE TABLE IF NOT EXISTS {metadata} (key text NOT NULL PRIMARY KEY, value text NOT NULL);
        CREATE TABLE IF NOT EXISTS {hosts} (
            registration_id TEXT NOT NULL PRIMARY KEY,
            address TEXT NOT NULL,
            app_id TEXT NOT NULL,
            namespace TEXT NOT NULL,
            last_update INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX IF NOT EXISTS {hosts}_address_idx ON {hosts} (address);
        CREATE INDEX IF NOT EXISTS {hosts}_last_update_idx ON {hosts} (last_update);
        INSERT OR IGNORE INTO {metadata} (key, value) VALUES ('nr-migrations', '1');
        CREATE TABLE IF NOT EXISTS tandem_{hosts} (registration_id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, actor_types TEXT NOT NULL)
        """;

    /// <summary>Columns registration_id, address, app_id, namespace, last_update, owner, actor_types; the last two are null for daprd's.</summary>
    public string Select { get; } = $"""
        SELECT registration_id, address, app_id, namespace, last_update, owner, actor_types
        FROM {hosts} LEFT JOIN tandem_{hosts} USING (registration_id) ORDER BY address
        """;

    /// <summary>?1 registration, ?2 address, ?3 app ID, ?4 namespace, ?5 now. Whoever had the address before has gone.</summary>
    public string Announce { get; } =
        $"REPLACE INTO {hosts} (registration_id, address, app_id, namespace, last_update) VALUES (?1, ?2, ?3, ?4, ?5)";

    /// <summary>?1 registration, ?2 owner, ?3 actor types.</summary>
    public string AnnounceDetails { get; } = $"REPLACE INTO tandem_{hosts} (registration_id, owner, actor_types) VALUES (?1, ?2, ?3)";

    /// <summary>?1 registration.</summary>
    public string Remove { get; } = $"DELETE FROM {hosts} WHERE registration_id = ?1";

    /// <summary>?1 the time before which a host is forgotten.</summary>
    public string RemoveOld { get; } = $"DELETE FROM {hosts} WHERE last_update < ?1";

    public string RemoveOrphans { get; } =
        $"DELETE FROM tandem_{hosts} WHERE registration_id NOT IN (SELECT registration_id FROM {hosts})";
}
