using System.Data.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>Where dead letters come in, and where admins have them sent again.</summary>
internal sealed partial class DeadLetterDesk(
    Database database, DeadLetterSender sender, AnalyticsMetrics metrics, TimeProvider time, ILogger<DeadLetterDesk> logger)
{
    /// <summary>Keeps a message, once however often it is delivered.</summary>
    public Task ReceiveAsync(string topic, DeadMessage message, CancellationToken cancellationToken)
        => database.WriteAsync(
            async tx =>
            {
                var now = time.GetUtcNow();
                if (await DeadLetterStore.FindAsync(tx, topic, message.Fingerprint, cancellationToken) is { } known)
                {
                    if (known.DieAgain(message.Retries, now))
                    {
                        await DeadLetterStore.UpdateAsync(tx, known, cancellationToken);
                        AnnounceAfterCommit(tx, known);
                    }

                    return;
                }

                var letter = DeadLetter.Of(topic, message, now);
                if (await DeadLetterStore.AddAsync(tx, letter, cancellationToken))
                {
                    AnnounceAfterCommit(tx, letter);
                }
            },
            cancellationToken);

    /// <summary>Has a letter sent again.</summary>
    public async Task<Results<Accepted<DeadLetterResponse>, ProblemHttpResult>> RetryAsync(string id, string admin, CancellationToken cancellationToken)
    {
        var (letter, isTaken) = await database.WriteAsync(
            async tx =>
            {
                if (await DeadLetterStore.FindAsync(tx, id, cancellationToken) is not { } found)
                {
                    return ((DeadLetter?)null, false);
                }

                var isNew = found.Status == DeadLetterStatus.Dead;
                if (!found.Retry(time.GetUtcNow()))
                {
                    return (found, false);
                }

                if (isNew)
                {
                    await DeadLetterStore.UpdateAsync(tx, found, cancellationToken);
                    database.AfterCommit(tx, () =>
                    {
                        Log.Retried(logger, found.Id, found.Topic, found.EventId, admin);
                        metrics.LetterRetried(found.Topic);
                        sender.Wake();
                    });
                }

                return (found, true);
            },
            cancellationToken);
        return letter is null ? Problems.NotFound("Dead letter", id)
            : isTaken ? TypedResults.Accepted($"/admin/deadletters/{id}", DeadLetterResponse.From(letter))
            : Problems.Conflict($"The letter was sent again at {letter.SentAt:u} and has not come back.");
    }

    private void AnnounceAfterCommit(DbTransaction tx, DeadLetter letter)
        => database.AfterCommit(tx, () =>
        {
            Log.Died(logger, letter.Topic, letter.Type, letter.EventId, letter.Deaths);
            metrics.LetterDied(letter.Topic);
        });

    private static partial class Log
    {
        [LoggerMessage(5410, LogLevel.Warning, "A message of {Topic} is dead: {Type} {EventId} (death {Deaths})")]
        public static partial void Died(ILogger logger, string topic, string? type, string? eventId, int deaths);

        [LoggerMessage(5411, LogLevel.Information, "Dead letter {Id} of {Topic} ({EventId}) is to be sent again; {Admin} wants it")]
        public static partial void Retried(ILogger logger, string id, string topic, string? eventId, string admin);
    }
}
