using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>The refunds that were decided, and which of them the provider still has to carry out.</summary>
internal sealed class RefundStore(Database database, Outbox outbox)
{
    public static Task AddAsync(DbTransaction tx, Refund refund) => tx.Connection!.ExecuteAsync(
        "INSERT INTO refunds (id, payment_id, amount_cents, reason, created_at) VALUES (@Id, @PaymentId, @AmountCents, @Reason, @CreatedAt)",
        new { refund.Id, refund.PaymentId, AmountCents = Stored.Cents(refund.Amount), refund.Reason, CreatedAt = Stored.Time(refund.CreatedAt) },
        tx);

    public async Task<IReadOnlyList<Refund>> OpenAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            """
            SELECT id AS Id, payment_id AS PaymentId, amount_cents AS AmountCents, reason AS Reason, created_at AS CreatedAt
            FROM refunds WHERE completed_at IS NULL ORDER BY created_at, id LIMIT @limit
            """,
            new { limit });
        return [.. rows.Select(static row => row.ToRefund())];
    }

    /// <summary>Marks a refund as carried out and tells the mesh, once, however often the provider was asked.</summary>
    public Task CompleteAsync(Refund refund, Payment payment, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var marked = await tx.Connection!.ExecuteAsync(
                "UPDATE refunds SET completed_at = @now WHERE id = @Id AND completed_at IS NULL",
                new { now = Stored.Time(now), refund.Id },
                tx);
            if (marked == 1)
            {
                await outbox.AddAsync(tx, payment.Returned(refund), cancellationToken);
            }
        },
        cancellationToken);

    private sealed class Row
    {
        public string Id { get; init; } = "";

        public string PaymentId { get; init; } = "";

        public long AmountCents { get; init; }

        public string? Reason { get; init; }

        public long CreatedAt { get; init; }

        public Refund ToRefund() => new()
        {
            Id = Id,
            PaymentId = PaymentId,
            Amount = Stored.Amount(AmountCents),
            Reason = Reason,
            CreatedAt = Stored.Time(CreatedAt),
        };
    }
}
