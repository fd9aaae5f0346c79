using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>Reads and writes the topics' messages.</summary>
internal static class MessageLog
{
    private const string SelectTopic = "SELECT id FROM pubsub_topics WHERE name = ?1";
    private const string InsertTopic = "INSERT INTO pubsub_topics (name) VALUES (?1) ON CONFLICT (name) DO NOTHING";
    private const string SelectNewest = "SELECT id FROM pubsub_messages WHERE id > ?1 AND id < ?2 ORDER BY id DESC LIMIT 1";

    private const string Insert = """
        INSERT INTO pubsub_messages (id, published_at, expires_at, partition_key, content_type, metadata, data)
        VALUES (ifnull((SELECT id FROM pubsub_messages WHERE id > ?1 AND id < ?2 ORDER BY id DESC LIMIT 1), ?1) + 1, ?3, ?4, ?5, ?6, ?7, ?8)
        """;

    private const string SelectNext = """
        SELECT id, partition_key, expires_at, content_type, metadata, data
        FROM pubsub_messages WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3
        """;

    /// <summary>A topic's number; the topic is made when it is new.</summary>
    public static long EnsureTopic(SqliteConnection connection, string topic)
    {
        using (var insert = connection.Prepare(InsertTopic))
        {
            insert.Bind(1, topic).Run();
        }

        using var select = connection.Prepare(SelectTopic);
        select.Bind(1, topic).Step();
        return select.Int64(0);
    }

    /// <summary>The number of a topic's newest message; 0 when it has none.</summary>
    public static long NewestOffset(SqliteConnection connection, long topicId)
    {
        using var select = connection.Prepare(SelectNewest);
        return select.Bind(1, PubSubSchema.FirstId(topicId)).Bind(2, PubSubSchema.EndId(topicId)).Step()
            ? PubSubSchema.Offset(select.Int64(0))
            : 0;
    }

    /// <summary>Appends one message.</summary>
    public static void Append(SqliteConnection connection, long topicId, NewMessage message)
    {
        using var insert = connection.Prepare(Insert);
        insert.Bind(1, PubSubSchema.FirstId(topicId)).Bind(2, PubSubSchema.EndId(topicId))
            .Bind(3, message.PublishedAt).Bind(4, message.ExpiresAt)
            .Bind(5, message.PartitionKey).Bind(6, message.ContentType).Bind(7, message.Metadata)
            .BindBlob(8, message.Data.Span)
            .Run();
    }

    /// <summary>
    /// Shows the messages behind <paramref name="offset"/> to the visitor, who says when to stop. The row's columns are
    /// id, partition_key, expires_at, content_type, metadata, data.
    /// </summary>
    public static void Read(SqliteConnection connection, long topicId, long offset, int limit, Func<SqliteStatement, bool> visit)
    {
        using var select = connection.Prepare(SelectNext);
        select.Bind(1, PubSubSchema.FirstId(topicId) + offset).Bind(2, PubSubSchema.EndId(topicId)).Bind(3, limit);
        while (select.Step() && visit(select))
        {
        }
    }
}
