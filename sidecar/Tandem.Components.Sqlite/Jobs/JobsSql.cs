namespace Tandem.Components.Sqlite.Jobs;

/// <summary>
/// The statements of the job store. Times are UTC ticks. <c>owner</c> is the sidecar that holds the job; <c>version</c> tells a job from a
/// later one of the same name.
/// </summary>
internal static class JobsSql
{
    public const string Create = """
        CREATE TABLE IF NOT EXISTS jobs (
            namespace TEXT NOT NULL,
            app_id TEXT NOT NULL,
            name TEXT NOT NULL,
            definition BLOB NOT NULL,
            due INTEGER NOT NULL,
            expires_at INTEGER,
            triggered INTEGER NOT NULL,
            version INTEGER NOT NULL,
            owner TEXT,
            held_until INTEGER,
            PRIMARY KEY (namespace, app_id, name)
        );
        CREATE INDEX IF NOT EXISTS jobs_free ON jobs (namespace, app_id, due) WHERE owner IS NULL;
        CREATE INDEX IF NOT EXISTS jobs_held ON jobs (owner) WHERE owner IS NOT NULL;
        """;

    private const string Columns = "name, definition, due, expires_at, triggered, version";
    private const string OfApp = "namespace = ?1 AND app_id = ?2";

    /// <summary>?1 namespace, ?2 app ID, ?3 name, ?4 definition, ?5 due, ?6 expires at, ?7 triggered; changes nothing when it is there.</summary>
    public const string Add = $"""
        INSERT INTO jobs (namespace, app_id, {Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, random()) ON CONFLICT DO NOTHING
        """;

    /// <summary>The same; takes the place of one that is there.</summary>
    public const string Replace = $"""
        INSERT OR REPLACE INTO jobs (namespace, app_id, {Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, random())
        """;

    /// <summary>?1 namespace, ?2 app ID, ?3 name.</summary>
    public const string Get = $"SELECT {Columns} FROM jobs WHERE {OfApp} AND name = ?3";

    /// <summary>?1 namespace, ?2 app ID, ?3 name.</summary>
    public const string Delete = $"DELETE FROM jobs WHERE {OfApp} AND name = ?3";

    /// <summary>?1 namespace, ?2 app ID.</summary>
    public const string List = $"SELECT {Columns} FROM jobs WHERE {OfApp} ORDER BY name";

    /// <summary>?1 namespace, ?2 app ID, ?3 how the names begin.</summary>
    public const string DeleteByPrefix = $"DELETE FROM jobs WHERE {OfApp} AND substr(name, 1, length(?3)) = ?3";

    /// <summary>?1 namespace, ?2 app ID.</summary>
    public const string FirstFree = $"SELECT due FROM jobs WHERE {OfApp} AND owner IS NULL ORDER BY due LIMIT 1";

    /// <summary>?1 namespace, ?2 app ID, ?3 the owner to leave out: owner and the time of each job that somebody else holds.</summary>
    public const string HeldByOthers = $"SELECT DISTINCT owner, held_until FROM jobs WHERE owner IS NOT NULL AND owner <> ?3 AND {OfApp}";

    /// <summary>?1 namespace, ?2 app ID, ?3 owner, ?4 the end of its claim.</summary>
    public const string Free = $"UPDATE jobs SET owner = NULL, held_until = NULL WHERE {OfApp} AND owner = ?3 AND held_until <= ?4";

    /// <summary>?1 namespace, ?2 app ID, ?3 now, ?4 how many.</summary>
    public const string Due = $"SELECT {Columns} FROM jobs WHERE {OfApp} AND owner IS NULL AND due <= ?3 ORDER BY due LIMIT ?4";

    private const string TheClaimed = $"{OfApp} AND name = ?3 AND version = ?4";

    /// <summary>?1 namespace, ?2 app ID, ?3 name, ?4 version, ?5 owner, ?6 until.</summary>
    public const string Hold = $"UPDATE jobs SET owner = ?5, held_until = ?6 WHERE {TheClaimed}";

    /// <summary>The same; only while it is held already.</summary>
    public const string HoldOn = $"UPDATE jobs SET held_until = ?6 WHERE {TheClaimed} AND owner = ?5";

    /// <summary>?1 namespace, ?2 app ID, ?3 name, ?4 version, ?5 owner.</summary>
    public const string DeleteHeld = $"DELETE FROM jobs WHERE {TheClaimed} AND owner = ?5";

    /// <summary>?1 namespace, ?2 app ID, ?3 name, ?4 version, ?5 owner, ?6 due, ?7 triggered.</summary>
    public const string Advance = $"UPDATE jobs SET owner = NULL, held_until = NULL, due = ?6, triggered = ?7 WHERE {TheClaimed} AND owner = ?5";
}
