using System.Data;
using System.Data.Common;
using Dapper;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>The orders' tables. Every change is one write transaction together with its history and events.</summary>
internal sealed class OrderStore(Database database, Outbox outbox, OrderWatch watch, OrderMetrics metrics)
{
    private const string Insert =
        """
        INSERT INTO orders (id, user_id, status, total_cents, currency, shipping_address, payment_type, payment_token, from_basket, payment_id,
            tracking_number, created_at, updated_at, version, step, end_reason, payment_returned, attempts, next_attempt_at, failing_since,
            last_error, lease_owner, lease_until, trace_parent)
        VALUES (@Id, @UserId, @Status, @TotalCents, @Currency, @ShippingAddress, @PaymentType, @PaymentToken, @FromBasket, @PaymentId,
            @TrackingNumber, @CreatedAt, @UpdatedAt, 0, @Step, @EndReason, @PaymentReturned, @Attempts, @NextAttemptAt, @FailingSince,
            @LastError, @LeaseOwner, @LeaseUntil, @TraceParent)
        """;

    private const string Update =
        """
        UPDATE orders SET status = @Status, payment_token = @PaymentToken, payment_id = @PaymentId, tracking_number = @TrackingNumber,
            updated_at = @UpdatedAt, version = version + 1, step = @Step, end_reason = @EndReason, payment_returned = @PaymentReturned,
            attempts = @Attempts, next_attempt_at = @NextAttemptAt, failing_since = @FailingSince, last_error = @LastError, lease_owner = @LeaseOwner,
            lease_until = @LeaseUntil
        WHERE id = @Id AND version = @Version
        """;

    public Task<Order?> FindAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(tx => FindAsync(tx, id, ""), cancellationToken);

    public Task<Page<Order>> ListAsync(OrderFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var where = Conditions.Where((filter.UserId, "user_id = @UserId"), (filter.Status, "status = @Status"));
        var values = new
        {
            filter.UserId,
            Status = filter.Status is { } status ? Stored.Name(status) : null,
            page.Size,
            page.Offset,
        };
        return database.ReadAsync(
            async tx =>
            {
                var total = await tx.Connection!.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM orders {where}", values, tx);
                var rows = await tx.Connection!.QueryAsync<OrderRow>(
                    $"SELECT {OrderRow.Columns} FROM orders {where} ORDER BY created_at DESC, id DESC LIMIT @Size OFFSET @Offset", values, tx);
                return Page<Order>.Of(await OrderDetails.CompleteAsync(tx, rows.AsList()), page, total);
            },
            cancellationToken);
    }

    /// <summary>The ids of the orders whose next step is due and which this owner may work on.</summary>
    public async Task<IReadOnlyList<string>> DueAsync(string owner, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var ids = await connection.QueryAsync<string>(
            """
            SELECT id FROM orders
            WHERE step <> 'done' AND next_attempt_at <= @now AND (lease_owner IS NULL OR lease_owner = @owner OR lease_until <= @now)
            ORDER BY next_attempt_at LIMIT @limit
            """,
            new { owner, now = Stored.Time(now), limit });
        return ids.AsList();
    }

    /// <summary>Stores a new order with its events.</summary>
    public async Task AddAsync(DbTransaction tx, Order order, CancellationToken cancellationToken)
    {
        await tx.Connection!.ExecuteAsync(Insert, OrderRow.From(order), tx);
        await OrderDetails.AddItemsAsync(tx, order);
        await CompleteChangeAsync(tx, order, 0, cancellationToken);
    }

    /// <summary>Applies a rule to the order as it is at this moment; <see langword="null"/> when there is none of that id.</summary>
    public Task<Decision?> ChangeAsync(string id, Func<Order, Decision> rule, CancellationToken cancellationToken)
        => database.WriteAsync(tx => ChangeAsync(tx, id, rule, cancellationToken), cancellationToken);

    /// <inheritdoc cref="ChangeAsync(string, Func{Order, Decision}, CancellationToken)"/>
    public async Task<Decision?> ChangeAsync(DbTransaction tx, string id, Func<Order, Decision> rule, CancellationToken cancellationToken)
    {
        if (await FindAsync(tx, id, tx.ForUpdate()) is not { } order)
        {
            return null;
        }

        var decision = rule(order);
        if (decision.IsRefused || ReferenceEquals(decision.Order, order))
        {
            return decision;
        }

        if (await tx.Connection!.ExecuteAsync(Update, OrderRow.From(decision.Order), tx) == 0)
        {
            throw new DBConcurrencyException($"Order {id} was changed by somebody else.");
        }

        await CompleteChangeAsync(tx, decision.Order, order.History.Count, cancellationToken);
        return decision with { Order = decision.Order with { Events = [], Version = order.Version + 1 } };
    }

    private async Task CompleteChangeAsync(DbTransaction tx, Order order, int known, CancellationToken cancellationToken)
    {
        await OrderDetails.AddHistoryAsync(tx, order, known);
        foreach (var happened in order.Events)
        {
            await AddEventAsync(tx, happened, cancellationToken);
        }

        if (order.History.Count > known)
        {
            database.AfterCommit(tx, () =>
            {
                metrics.Reached(order, order.History.Skip(known));
                watch.Changed(order.Id);
            });
        }
    }

    /// <summary>An event that is told again before it went out the first time is not there twice.</summary>
    private async Task AddEventAsync(DbTransaction tx, OrderEvent happened, CancellationToken cancellationToken)
    {
        var id = OrderEvents.IdOf(happened);
        if (await tx.Connection!.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM outbox WHERE id = @id", new { id }, tx) == 0)
        {
            await outbox.AddAsync(tx, happened, id, cancellationToken);
        }
    }

    private static async Task<Order?> FindAsync(DbTransaction tx, string id, string held)
    {
        var row = await tx.Connection!.QuerySingleOrDefaultAsync<OrderRow>($"SELECT {OrderRow.Columns} FROM orders WHERE id = @id{held}", new { id }, tx);
        return row is null ? null : (await OrderDetails.CompleteAsync(tx, [row]))[0];
    }
}
