using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>Dead letters as they are stored.</summary>
internal sealed class DeadLetterStore(Database database)
{
    /// <summary>A message above this is not part of lists; who asks for the letter gets it.</summary>
    public const int LargestListed = 16 * 1024;

    private const string Columns = "id, topic, fingerprint, event_id, type, subject, source, event_time, size, status, deaths, retries, died_at, retried_at, sent_at";

    public static Task<DeadLetter?> FindAsync(DbTransaction tx, string topic, string fingerprint, CancellationToken cancellationToken)
        => tx.Connection!.QuerySingleOrDefaultAsync<DeadLetter>(new CommandDefinition(
            $"SELECT {Columns}, message FROM dead_letters WHERE topic = @topic AND fingerprint = @fingerprint{tx.ForUpdate()}",
            new { topic, fingerprint },
            tx,
            cancellationToken: cancellationToken));

    public static Task<DeadLetter?> FindAsync(DbTransaction tx, string id, CancellationToken cancellationToken)
        => tx.Connection!.QuerySingleOrDefaultAsync<DeadLetter>(new CommandDefinition(
            $"SELECT {Columns}, message FROM dead_letters WHERE id = @id{tx.ForUpdate()}", new { id }, tx, cancellationToken: cancellationToken));

    /// <returns>Whether it was added; if not, another instance has just done so.</returns>
    public static async Task<bool> AddAsync(DbTransaction tx, DeadLetter letter, CancellationToken cancellationToken)
        => await tx.Connection!.ExecuteAsync(new CommandDefinition(
            $"""
            INSERT INTO dead_letters ({Columns}, message)
            VALUES (@Id, @Topic, @Fingerprint, @EventId, @Type, @Subject, @Source, @EventTime, @Size, @Status, @Deaths, @Retries, @DiedAt, @RetriedAt, @SentAt, @Message)
            ON CONFLICT (topic, fingerprint) DO NOTHING
            """,
            Row(letter),
            tx,
            cancellationToken: cancellationToken)) == 1;

    public static Task UpdateAsync(DbTransaction tx, DeadLetter letter, CancellationToken cancellationToken)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            UPDATE dead_letters SET status = @Status, deaths = @Deaths, retries = @Retries, died_at = @DiedAt, retried_at = @RetriedAt, sent_at = @SentAt
            WHERE id = @Id
            """,
            Row(letter),
            tx,
            cancellationToken: cancellationToken));

    /// <summary>Forgets those that were sent again long ago and did not come back.</summary>
    public static Task<int> RemoveRetriedAsync(DbTransaction tx, DateTimeOffset before, CancellationToken cancellationToken)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM dead_letters WHERE status = 'retried' AND sent_at < @before", new { before }, tx, cancellationToken: cancellationToken));

    public async Task<DeadLetter?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<DeadLetter>(new CommandDefinition(
            $"SELECT {Columns}, message FROM dead_letters WHERE id = @id", new { id }, cancellationToken: cancellationToken));
    }

    /// <summary>A page of letters, the newest first.</summary>
    public async Task<Page<DeadLetter>> ListAsync(DeadLetterFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        List<string> conditions = [];
        if (filter.Topic is not null)
        {
            conditions.Add("topic = @Topic");
        }

        if (filter.Status is not null)
        {
            conditions.Add("status = @Status");
        }

        var where = conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
        var parameters = new { filter.Topic, filter.Status, page.Size, page.Offset, LargestListed };
        await using var connection = await database.OpenAsync(cancellationToken);
        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"SELECT COUNT(*) FROM dead_letters {where}", parameters, cancellationToken: cancellationToken));
        var letters = (await connection.QueryAsync<DeadLetter>(new CommandDefinition(
            $"""
            SELECT {Columns}, CASE WHEN size <= @LargestListed THEN message END AS message
            FROM dead_letters {where} ORDER BY died_at DESC, id DESC LIMIT @Size OFFSET @Offset
            """,
            parameters,
            cancellationToken: cancellationToken))).AsList();
        return Page<DeadLetter>.Of(letters, page, total);
    }

    /// <summary>The letter that has waited longest to be sent again.</summary>
    public async Task<DeadLetter?> NextToSendAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<DeadLetter>(new CommandDefinition(
            $"SELECT {Columns}, message FROM dead_letters WHERE status = 'retrying' ORDER BY retried_at, id LIMIT 1", cancellationToken: cancellationToken));
    }

    /// <summary>Dapper would write the status as a number.</summary>
    private static object Row(DeadLetter letter) => new
    {
        letter.Id,
        letter.Topic,
        letter.Fingerprint,
        letter.EventId,
        letter.Type,
        letter.Subject,
        letter.Source,
        letter.EventTime,
        letter.Message,
        letter.Size,
        Status = DeadLetterResponse.NameOf(letter.Status),
        letter.Deaths,
        letter.Retries,
        letter.DiedAt,
        letter.RetriedAt,
        letter.SentAt,
    };
}
