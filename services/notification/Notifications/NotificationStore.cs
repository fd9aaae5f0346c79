using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>Notifications as they are stored. What changes one wakes, after its commit, the dispatcher and those who watch.</summary>
internal sealed class NotificationStore(Database database, DispatchSignal dispatch, NotificationFeed feed)
{
    private const string Columns =
        "position, id, user_id, event_id, type, channel, priority, title, message, data, status, attempts, failure_reason, "
        + "scheduled_at, next_attempt_at, sent_at, read_at, expires_at, created_at";

    /// <summary>Adds a notification, unless its event and user have one already.</summary>
    /// <returns>Whether it was added.</returns>
    public async Task<bool> AddAsync(DbTransaction tx, UserNotification notification, CancellationToken cancellationToken)
    {
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
            AnnounceAfterCommit(tx, notification);
        }

        return added;
    }

    /// <summary>Writes what has changed.</summary>
    public async Task UpdateAsync(DbTransaction tx, UserNotification notification, CancellationToken cancellationToken)
    {
        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            UPDATE notifications SET title = @Title, message = @Message, priority = @Priority, data = @Data, status = @Status, attempts = @Attempts,
                failure_reason = @FailureReason, scheduled_at = @ScheduledAt, next_attempt_at = @NextAttemptAt, sent_at = @SentAt,
                read_at = @ReadAt, expires_at = @ExpiresAt
            WHERE id = @Id
            """,
            NotificationRow.Of(notification),
            tx,
            cancellationToken: cancellationToken));
        AnnounceAfterCommit(tx, notification);
    }

    public async Task<UserNotification?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<NotificationRow>(new CommandDefinition(
            $"SELECT {Columns} FROM notifications WHERE id = @id", new { id }, cancellationToken: cancellationToken));
        return row?.ToNotification();
    }

    public static async Task<UserNotification?> FindAsync(DbTransaction tx, string id, CancellationToken cancellationToken)
    {
        var row = await tx.Connection!.QuerySingleOrDefaultAsync<NotificationRow>(new CommandDefinition(
            $"SELECT {Columns} FROM notifications WHERE id = @id", new { id }, tx, cancellationToken: cancellationToken));
        return row?.ToNotification();
    }

    public async Task<Page<UserNotification>> ListAsync(NotificationFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var parameters = new { filter.UserId, Status = filter.Status is { } status ? Words.Of(status) : null, filter.Type, page.Size, page.Offset };
        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"SELECT COUNT(*) FROM notifications {filter.Where}", parameters, cancellationToken: cancellationToken));
        var rows = await connection.QueryAsync<NotificationRow>(new CommandDefinition(
            $"SELECT {Columns} FROM notifications {filter.Where} ORDER BY position DESC LIMIT @Size OFFSET @Offset",
            parameters,
            cancellationToken: cancellationToken));
        return Page<UserNotification>.Of([.. rows.Select(static row => row.ToNotification())], page, total);
    }

    /// <summary>What came after a position, the oldest first.</summary>
    public async Task<IReadOnlyList<NotificationRow>> AfterAsync(string userId, long position, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<NotificationRow>(new CommandDefinition(
            $"SELECT {Columns} FROM notifications WHERE user_id = @userId AND position > @position ORDER BY position LIMIT 100",
            new { userId, position },
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
            "SELECT status, channel, type, COUNT(*) AS count FROM notifications WHERE @userId IS NULL OR user_id = @userId GROUP BY status, channel, type",
            new { userId },
            cancellationToken: cancellationToken))).AsList();
    }

    public Task<int> ReadAllAsync(string userId, DateTimeOffset now, CancellationToken cancellationToken)
        => database.WriteAsync(
            tx => tx.Connection!.ExecuteAsync(new CommandDefinition(
                "UPDATE notifications SET status = 'read', read_at = @now WHERE user_id = @userId AND status IN ('sent', 'delivered')",
                new { userId, now },
                tx,
                cancellationToken: cancellationToken)),
            cancellationToken);

    public Task<int> DeleteAsync(string id, CancellationToken cancellationToken)
        => database.WriteAsync(
            tx => tx.Connection!.ExecuteAsync(new CommandDefinition("DELETE FROM notifications WHERE id = @id", new { id }, tx, cancellationToken: cancellationToken)),
            cancellationToken);

    public Task<int> DeleteExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken)
        => database.WriteAsync(
            tx => tx.Connection!.ExecuteAsync(new CommandDefinition("DELETE FROM notifications WHERE expires_at < @now", new { now }, tx, cancellationToken: cancellationToken)),
            cancellationToken);

    /// <summary>What the dispatcher has to do now, the longest due first.</summary>
    public static async Task<IReadOnlyList<UserNotification>> DueAsync(DbTransaction tx, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var rows = await tx.Connection!.QueryAsync<NotificationRow>(new CommandDefinition(
            $"SELECT {Columns} FROM notifications WHERE next_attempt_at <= @now ORDER BY next_attempt_at LIMIT @most",
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
            "SELECT next_attempt_at FROM notifications WHERE next_attempt_at IS NOT NULL ORDER BY next_attempt_at LIMIT 1", cancellationToken: cancellationToken));
    }

    private void AnnounceAfterCommit(DbTransaction tx, UserNotification notification)
        => database.AfterCommit(tx, () =>
        {
            feed.Changed(notification.UserId);
            if (notification.NextAttemptAt is not null)
            {
                dispatch.Wake();
            }
        });
}
