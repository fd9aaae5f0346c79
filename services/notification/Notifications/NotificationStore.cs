using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>
/// Notifications as they are stored. What changes one wakes, after its commit, the dispatcher and those who watch. Those whose time is over are
/// as good as gone, whether the cleanup has come by or not.
/// </summary>
internal sealed class NotificationStore(Database database, DispatchSignal dispatch, NotificationFeed feed, NotificationMetrics metrics, TimeProvider time)
{
    private const string Columns =
        "position, id, user_id, event_id, type, channel, priority, title, message, data, status, attempts, failure_reason, "
        + "scheduled_at, next_attempt_at, sent_at, read_at, expires_at, created_at";

    /// <summary>Adds a notification, unless its event and user have one already.</summary>
    /// <returns>Whether it was added.</returns>
    public async Task<bool> AddAsync(DbTransaction tx, UserNotification notification, CancellationToken cancellationToken)
    {
        // Positions are given out in the order of the commits: who follows a stream by position misses none.
        await tx.LockAsync("notifications", cancellationToken);
        var added = await tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO notifications (id, user_id, event_id, type, channel, priority, title, message, data, status, attempts, failure_reason,
                scheduled_at, next_attempt_at, sent_at, read_at, expires_at, created_at)
            VALUES (@Id, @UserId, @EventId, @Type, @Channel, @Priority, @Title, @Message, @Data, @Status, @Attempts, @FailureReason,
                @ScheduledAt, @NextAttemptAt, @SentAt, @ReadAt, @ExpiresAt, @CreatedAt)
            ON CONFLICT (event_id, user_id) DO NOTHING
            """,
            NotificationRow.Of(notification),
            tx,
            cancellationToken: cancellationToken)) == 1;
        if (added)
        {
            AnnounceAfterCommit(tx, before: null, notification);
        }

        return added;
    }

    /// <summary>Writes what has changed.</summary>
    public async Task UpdateAsync(DbTransaction tx, UserNotification before, UserNotification after, CancellationToken cancellationToken)
    {
        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            UPDATE notifications SET title = @Title, message = @Message, priority = @Priority, data = @Data, status = @Status, attempts = @Attempts,
                failure_reason = @FailureReason, scheduled_at = @ScheduledAt, next_attempt_at = @NextAttemptAt, sent_at = @SentAt,
                read_at = @ReadAt, expires_at = @ExpiresAt
            WHERE id = @Id
            """,
            NotificationRow.Of(after),
            tx,
            cancellationToken: cancellationToken));
        AnnounceAfterCommit(tx, before, after);
    }

    public async Task<UserNotification?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<NotificationRow>(new CommandDefinition(
            $"SELECT {Columns} FROM notifications WHERE id = @id AND expires_at > @Now", new { id, Now = time.GetUtcNow() }, cancellationToken: cancellationToken));
        return row?.ToNotification();
    }

    public async Task<UserNotification?> FindAsync(DbTransaction tx, string id, CancellationToken cancellationToken)
    {
        var row = await tx.Connection!.QuerySingleOrDefaultAsync<NotificationRow>(new CommandDefinition(
            $"SELECT {Columns} FROM notifications WHERE id = @id AND expires_at > @Now{tx.ForUpdate()}", new { id, Now = time.GetUtcNow() }, tx, cancellationToken: cancellationToken));
        return row?.ToNotification();
    }

    public async Task<Page<UserNotification>> ListAsync(NotificationFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var parameters = new { filter.UserId, Status = filter.Status is { } status ? Words.Of(status) : null, filter.Type, Now = time.GetUtcNow(), page.Size, page.Offset };
        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"SELECT COUNT(*) FROM notifications {filter.Where}", parameters, cancellationToken: cancellationToken));
        var rows = await connection.QueryAsync<NotificationRow>(new CommandDefinition(
            $"SELECT {Columns} FROM notifications {filter.Where} ORDER BY position DESC LIMIT @Size OFFSET @Offset",
            parameters,
            cancellationToken: cancellationToken));
        return Page<UserNotification>.Of([.. rows.Select(static row => row.ToNotification())], page, total);
    }

    /// <summary>What a user who has seen this much has not seen yet, the oldest first: what came, and of what was scheduled what has gone out.</summary>
    public async Task<IReadOnlyList<NotificationRow>> AfterAsync(string userId, StreamPosition seen, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<NotificationRow>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM notifications
            WHERE user_id = @userId AND expires_at > @Now
                AND ((scheduled_at IS NULL AND position > @Last) OR (scheduled_at IS NOT NULL AND sent_at > @Since))
            ORDER BY COALESCE(sent_at, created_at), position LIMIT 100
            """,
            new { userId, seen.Last, seen.Since, Now = time.GetUtcNow() },
            cancellationToken: cancellationToken))).AsList();
    }

    public async Task<long> LastPositionAsync(string userId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COALESCE(MAX(position), 0) FROM notifications WHERE user_id = @userId", new { userId }, cancellationToken: cancellationToken));
    }

    /// <summary>Counts by what tells notifications apart.</summary>
    public async Task<IReadOnlyList<NotificationCount>> CountAsync(string? userId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<NotificationCount>(new CommandDefinition(
            $"SELECT status, channel, type, COUNT(*) AS count FROM notifications {new NotificationFilter(userId).Where} GROUP BY status, channel, type",
            new { UserId = userId, Now = time.GetUtcNow() },
            cancellationToken: cancellationToken))).AsList();
    }

    public Task<int> ReadAllAsync(string userId, DateTimeOffset now, CancellationToken cancellationToken)
        => database.WriteAsync(
            tx => tx.Connection!.ExecuteAsync(new CommandDefinition(
                "UPDATE notifications SET status = 'read', read_at = @now WHERE user_id = @userId AND status IN ('sent', 'delivered') AND expires_at > @now",
                new { userId, now },
                tx,
                cancellationToken: cancellationToken)),
            cancellationToken);

    public Task<int> DeleteAsync(string id, CancellationToken cancellationToken)
        => database.WriteAsync(
            tx => tx.Connection!.ExecuteAsync(new CommandDefinition("DELETE FROM notifications WHERE id = @id AND expires_at > @Now", new { id, Now = time.GetUtcNow() }, tx, cancellationToken: cancellationToken)),
            cancellationToken);

    public Task<int> DeleteExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken)
        => database.WriteAsync(
            async tx =>
            {
                var missed = (await tx.Connection!.QueryAsync<(string Channel, long Count)>(new CommandDefinition(
                    "SELECT channel, COUNT(*) FROM notifications WHERE expires_at <= @now AND next_attempt_at IS NOT NULL GROUP BY channel",
                    new { now },
                    tx,
                    cancellationToken: cancellationToken))).AsList();
                database.AfterCommit(tx, () => missed.ForEach(group => metrics.Missed(Words.Parse<Channel>(group.Channel), group.Count)));
                return await tx.Connection!.ExecuteAsync(new CommandDefinition(
                    "DELETE FROM notifications WHERE expires_at <= @now", new { now }, tx, cancellationToken: cancellationToken));
            },
            cancellationToken);

    /// <summary>What the dispatcher has to do now, the longest due first.</summary>
    public static async Task<IReadOnlyList<UserNotification>> DueAsync(DbTransaction tx, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var rows = await tx.Connection!.QueryAsync<NotificationRow>(new CommandDefinition(
            $"SELECT {Columns} FROM notifications WHERE next_attempt_at <= @now AND expires_at > @now ORDER BY next_attempt_at LIMIT @most{tx.ForUpdateSkipLocked()}",
            new { now, most },
            tx,
            cancellationToken: cancellationToken));
        return [.. rows.Select(static row => row.ToNotification())];
    }

    /// <summary>When there is something to do next.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<DateTimeOffset?>(new CommandDefinition(
            "SELECT next_attempt_at FROM notifications WHERE next_attempt_at IS NOT NULL AND expires_at > @Now ORDER BY next_attempt_at LIMIT 1",
            new { Now = time.GetUtcNow() },
            cancellationToken: cancellationToken));
    }

    private void AnnounceAfterCommit(DbTransaction tx, UserNotification? before, UserNotification after)
        => database.AfterCommit(tx, () =>
        {
            metrics.Changed(before, after);
            feed.Changed(after.UserId);
            if (after.NextAttemptAt is not null)
            {
                dispatch.Wake();
            }
        });
}
