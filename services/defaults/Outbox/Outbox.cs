using System.Data.Common;
using System.Text.Json;
using Dapper;
using Tandem.Contracts.Events;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Events that leave with the transaction that made them: they are stored beside the change and published after its commit, in order for each
/// subject, as often as it takes, always under the same id.
/// </summary>
public sealed class Outbox(Database database, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Adds an event with a new id.</summary>
    public Task AddAsync(DbTransaction tx, IntegrationEvent e, CancellationToken ct) => AddAsync(tx, e, Ids.New(time.GetUtcNow()), ct);

    /// <summary>Adds an event whose id the caller derived from what happened, so that the same happening never has two ids.</summary>
    public async Task AddAsync(DbTransaction tx, IntegrationEvent e, string eventId, CancellationToken ct)
    {
        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO outbox (id, topic, type, subject, data, traceparent, created_at)
            VALUES (@Id, @Topic, @Type, @Subject, @Data, @Traceparent, @CreatedAt)
            """,
            new
            {
                Id = eventId,
                e.Topic,
                Type = e.GetType().Name,
                e.Subject,
                Data = JsonSerializer.Serialize(e, e.GetType(), ServiceJson.Options),
                Traceparent = Causes.Current,
                CreatedAt = time.GetUtcNow(),
            },
            tx,
            cancellationToken: ct));
        database.AfterCommit(tx, Wake);
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    internal Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => _wake.WaitAsync(longest, cancellationToken);

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already, and will see this event too.
        }
    }
}
