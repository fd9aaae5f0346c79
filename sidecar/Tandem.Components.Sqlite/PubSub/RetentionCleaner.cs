using Microsoft.Extensions.Logging;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>
/// Deletes messages that are past their retention and that every consumer group of their topic has done. A group that nobody has used for
/// long is forgotten first, so that it holds nothing.
/// </summary>
internal sealed partial class RetentionCleaner(SqliteDatabase database, SqlitePubSubOptions options, TimeProvider timeProvider, ILogger logger)
{
    private const int BatchMessages = 1000;

    /// <summary>Cleans up until the result is disposed.</summary>
    public IAsyncDisposable Start() => new PeriodicWork(options.CleanupInterval, timeProvider, CleanAsync, exception => Log.Failed(logger, exception));

    private static List<long> Topics(SqliteConnection connection, int unused)
    {
        var topics = new List<long>();
        using var select = connection.Prepare("SELECT id FROM pubsub_topics ORDER BY id");
        while (select.Step())
        {
            topics.Add(select.Int64(0));
        }

        return topics;
    }

    /// <summary>Deletes from the log's beginning, some messages at a time so that publishers do not wait for long.</summary>
    private static int DeleteBatch(SqliteConnection connection, (long TopicId, long PublishedBefore) request)
    {
        var end = PubSubSchema.FirstId(request.TopicId)
            + Math.Min(DoneUpTo(connection, request.TopicId), MessageLog.NewestOffset(connection, request.TopicId) - 1);
        var last = 0L;
        using (var oldest = connection.Prepare("SELECT id, published_at FROM pubsub_messages WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3"))
        {
            oldest.Bind(1, PubSubSchema.FirstId(request.TopicId)).Bind(2, end).Bind(3, BatchMessages);
            while (oldest.Step() && oldest.Int64(1) < request.PublishedBefore)
            {
                last = oldest.Int64(0);
            }
        }

        using var delete = connection.Prepare("DELETE FROM pubsub_messages WHERE id > ?1 AND id <= ?2");
        return last == 0 ? 0 : delete.Bind(1, PubSubSchema.FirstId(request.TopicId)).Bind(2, last).Run();
    }

    private static long DoneUpTo(SqliteConnection connection, long topicId)
    {
        var done = long.MaxValue;
        using var select = connection.Prepare(
            "SELECT slot, position, pending FROM pubsub_slots JOIN pubsub_groups ON pubsub_groups.id = group_id WHERE topic_id = ?1");
        select.Bind(1, topicId);
        while (select.Step())
        {
            done = Math.Min(done, new SlotState((int)select.Int64(0), select.Int64(1), select.Text(2)).DoneUpTo);
        }

        return done;
    }

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (options.GroupRetentionPeriod > TimeSpan.Zero)
        {
            var unusedSince = (now - options.GroupRetentionPeriod).ToUnixTimeMilliseconds();
            foreach (var (topic, group) in await database.WriteAsync(ConsumerGroupStore.ForgetUnused, unusedSince, cancellationToken))
            {
                Log.GroupForgotten(logger, group, topic, options.GroupRetentionPeriod);
            }
        }

        var publishedBefore = (now - options.RetentionPeriod).ToUnixTimeMilliseconds();
        foreach (var topicId in await database.ReadAsync(Topics, 0, cancellationToken))
        {
            int deleted;
            do
            {
                deleted = await database.WriteAsync(DeleteBatch, (topicId, publishedBefore), cancellationToken);
            }
            while (deleted == BatchMessages);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2213, LogLevel.Warning, "Messages past their retention could not be deleted; trying again later")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2214, LogLevel.Warning, "Consumer group {Group} of topic {Topic} was not used for {Period} and is forgotten, with its place in the log")]
        public static partial void GroupForgotten(ILogger logger, string group, string topic, TimeSpan period);
    }
}
