using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>The tables of <c>pubsub.sqlite</c>, and how numbers are laid out in them.</summary>
internal static class PubSubSchema
{
    /// <summary>
    /// How many slots share out a consumer group's messages. A slot belongs to one process at a time, and a partition key to one slot:
    /// that is what keeps the order of a key across processes. Stored data depends on this number.
    /// </summary>
    public const int Slots = 16;

    private const int OffsetBits = 40;

    /// <summary>
    /// A message's id is its topic's number followed by its number (offset) in the topic, so that each topic is one range of one tree:
    /// appending and reading on need no second index. The newest message of a topic is never deleted, which keeps numbers from
    /// being given twice.
    /// </summary>
    private const string Create = """
        CREATE TABLE IF NOT EXISTS pubsub_topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS pubsub_messages (
            id INTEGER PRIMARY KEY,
            published_at INTEGER NOT NULL,
            expires_at INTEGER,
            partition_key TEXT,
            content_type TEXT,
            metadata TEXT,
            data BLOB NOT NULL
        );
        CREATE TABLE IF NOT EXISTS pubsub_groups (
            id INTEGER PRIMARY KEY,
            topic_id INTEGER NOT NULL REFERENCES pubsub_topics (id),
            name TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            used_at INTEGER NOT NULL DEFAULT 0,
            UNIQUE (topic_id, name)
        );
        CREATE TABLE IF NOT EXISTS pubsub_slots (
            group_id INTEGER NOT NULL REFERENCES pubsub_groups (id),
            slot INTEGER NOT NULL,
            position INTEGER NOT NULL,
            pending TEXT NOT NULL DEFAULT '',
            owner TEXT,
            PRIMARY KEY (group_id, slot)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS pubsub_members (
            group_id INTEGER NOT NULL REFERENCES pubsub_groups (id),
            owner TEXT NOT NULL,
            alive_until INTEGER NOT NULL,
            PRIMARY KEY (group_id, owner)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS pubsub_metadata (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
        INSERT OR IGNORE INTO pubsub_metadata (key, value) VALUES ('migrations', '2')
        """;

    /// <summary>Makes the tables, or brings those of an earlier version to this one. Runs inside a write.</summary>
    public static void Migrate(SqliteConnection connection)
    {
        connection.Execute(Create);
        if (connection.ReadInt64("SELECT count(*) FROM pragma_table_info('pubsub_groups') WHERE name = 'used_at'") > 0)
        {
            return;
        }

        // Version 1 did not note when a group was last used: it counts from now.
        connection.Execute("""
            ALTER TABLE pubsub_groups ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
            UPDATE pubsub_groups SET used_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000;
            UPDATE pubsub_metadata SET value = '2' WHERE key = 'migrations'
            """);
    }

    /// <summary>The id before a topic's first message.</summary>
    public static long FirstId(long topicId) => topicId << OffsetBits;

    /// <summary>The id behind a topic's last possible message.</summary>
    public static long EndId(long topicId) => (topicId + 1) << OffsetBits;

    /// <summary>A message's number in its topic.</summary>
    public static long Offset(long id) => id & ((1L << OffsetBits) - 1);

    /// <summary>The slot of a message: by its partition key, or else by its number.</summary>
    public static int SlotOf(string? partitionKey, long offset)
    {
        if (partitionKey is null)
        {
            return (int)(offset % Slots);
        }

        // FNV-1a: the same in every process and version.
        var hash = 2166136261u;
        foreach (var character in partitionKey)
        {
            hash = (hash ^ character) * 16777619u;
        }

        return (int)(hash % Slots);
    }
}
