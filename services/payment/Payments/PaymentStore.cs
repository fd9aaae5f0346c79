using System.Data;
using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>The payments' table. Every change is one write transaction together with its events and refunds.</summary>
internal sealed class PaymentStore(Database database, Outbox outbox, PaymentMetrics metrics)
{
    private const string Insert =
        """
        INSERT INTO payments (id, user_id, order_id, basket_id, amount_cents, refunded_cents, currency, status, method, token, provider, provider_id,
            description, metadata, items, failure_reason, created_at, updated_at, processed_at, expires_at, version)
        VALUES (@Id, @UserId, @OrderId, @BasketId, @AmountCents, @RefundedCents, @Currency, @Status, @Method, @Token, @Provider, @ProviderId,
            @Description, @Metadata, @Items, @FailureReason, @CreatedAt, @UpdatedAt, @ProcessedAt, @ExpiresAt, 0)
        """;

    private const string Update =
        """
        UPDATE payments SET refunded_cents = @RefundedCents, status = @Status, token = @Token, provider_id = @ProviderId, failure_reason = @FailureReason,
            updated_at = @UpdatedAt, processed_at = @ProcessedAt, version = version + 1
        WHERE id = @Id AND version = @Version
        """;

    public async Task<Payment?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await FindAsync(connection, null, "id", id);
    }

    public async Task<Payment?> FindByOrderAsync(string orderId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await FindAsync(connection, null, "order_id", orderId);
    }

    public async Task<Page<Payment>> ListAsync(PaymentFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var where = Conditions.Where((filter.UserId, "user_id = @UserId"), (filter.OrderId, "order_id = @OrderId"), (filter.Status, "status = @Status"));
        var values = new
        {
            filter.UserId,
            filter.OrderId,
            Status = filter.Status is { } status ? Stored.Name(status) : null,
            page.Size,
            page.Offset,
        };
        await using var connection = await database.OpenAsync(cancellationToken);
        var total = await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM payments {where}", values);
        var rows = await connection.QueryAsync<PaymentRow>(
            $"SELECT {PaymentRow.Columns} FROM payments {where} ORDER BY created_at DESC, id DESC LIMIT @Size OFFSET @Offset", values);
        return Page<Payment>.Of([.. rows.Select(static row => row.ToPayment())], page, total);
    }

    /// <summary>The ids of all payments in a state, for background work; pending ones only when their time is over.</summary>
    public async Task<IReadOnlyList<string>> IdsAsync(PaymentStatus status, DateTimeOffset? expiredBy, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var ids = await connection.QueryAsync<string>(
            "SELECT id FROM payments WHERE status = @Status AND expires_at <= @ExpiredBy ORDER BY expires_at LIMIT @Limit",
            new { Status = Stored.Name(status), ExpiredBy = expiredBy is { } time ? Stored.Time(time) : long.MaxValue, Limit = limit });
        return ids.AsList();
    }

    /// <summary>
    /// Stores a new payment, unless its order has one already: then that one is the answer. What else belongs to the making of a payment is
    /// stored with it.
    /// </summary>
    public Task<Payment> AddAsync(Payment payment, Func<DbTransaction, Task> andStore, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            if (payment.OrderId is { } ordered)
            {
                await tx.LockAsync($"order {ordered}", cancellationToken);
            }

            if (payment.OrderId is { } orderId && await FindAsync(tx.Connection!, tx, "order_id", orderId) is { } existing)
            {
                return existing;
            }

            await tx.Connection!.ExecuteAsync(Insert, PaymentRow.From(payment), tx);
            await andStore(tx);
            return payment;
        },
        cancellationToken);

    /// <summary>Applies a rule to the payment as it is at this moment; <see langword="null"/> when there is none of that id.</summary>
    public Task<Decision?> ChangeAsync(string id, Func<Payment, Decision> rule, CancellationToken cancellationToken) => database.WriteAsync<Decision?>(
        async tx =>
        {
            if (await FindAsync(tx.Connection!, tx, "id", id) is not { } payment)
            {
                return null;
            }

            var decision = rule(payment);
            if (decision.IsRefused || ReferenceEquals(decision.Payment, payment))
            {
                return decision;
            }

            await SaveAsync(tx, decision.Payment, cancellationToken);
            database.AfterCommit(tx, () => metrics.Changed(payment, decision.Payment));
            return decision with { Payment = decision.Payment with { Events = [], Refunds = [], Version = payment.Version + 1 } };
        },
        cancellationToken);

    private async Task SaveAsync(DbTransaction tx, Payment payment, CancellationToken cancellationToken)
    {
        if (await tx.Connection!.ExecuteAsync(Update, PaymentRow.From(payment), tx) == 0)
        {
            throw new DBConcurrencyException(payment.Id);
        }

        foreach (var refund in payment.Refunds)
        {
            await RefundStore.AddAsync(tx, refund);
        }

        foreach (var happened in payment.Events)
        {
            await outbox.AddAsync(tx, happened, cancellationToken);
        }
    }

    private static async Task<Payment?> FindAsync(DbConnection connection, DbTransaction? tx, string column, string value)
    {
        var row = await connection.QuerySingleOrDefaultAsync<PaymentRow>(
            $"SELECT {PaymentRow.Columns} FROM payments WHERE {column} = @value{tx?.ForUpdate()}", new { value }, tx);
        return row?.ToPayment();
    }
}
