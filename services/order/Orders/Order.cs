using System.Text.Json;
using Tandem.Contracts.Events;

namespace Tandem.Order;

/// <summary>
/// An order and its rules: <c>pending → reserved → paid → shipped → delivered</c>, or <c>rejected</c>, <c>cancelled</c>, <c>refunded</c>.
/// It never changes: a rule answers with the next one. The result of a saga's step counts only while the order is still at that step;
/// an order that turned back meanwhile stays on its way back.
/// </summary>
internal sealed record Order
{
    /// <summary>How often the patience with shipping doubles.</summary>
    private const int MostDoublings = 5;

    /// <summary>For how long a paid order is announced again: consumers know an event that they have handled for a month, and no longer.</summary>
    private static readonly TimeSpan AnnouncedFor = TimeSpan.FromDays(14);

    public required string Id { get; init; }

    public required string UserId { get; init; }

    public required IReadOnlyList<OrderItem> Items { get; init; }

    public required decimal Total { get; init; }

    public required string Currency { get; init; }

    public OrderStatus Status { get; init; }

    public required Address ShippingAddress { get; init; }

    public required string PaymentType { get; init; }

    /// <summary>The provider's token; forgotten when the payment is made or will not be.</summary>
    public string? PaymentToken { get; init; }

    /// <summary>Whether the order was made of the user's basket, which then has to be emptied of it.</summary>
    public bool IsFromBasket { get; init; }

    public string? PaymentId { get; init; }

    public string? TrackingNumber { get; init; }

    public IReadOnlyList<StatusChange> History { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public SagaState Saga { get; init; } = new();

    /// <summary>Counts the changes: who saves a version that is no longer the stored one has lost the race.</summary>
    public long Version { get; init; }

    /// <summary>What happened since the order was loaded; leaves in the transaction that saves it.</summary>
    public IReadOnlyList<OrderEvent> Events { get; init; } = [];

    /// <summary>Whether nothing can happen to the order any more.</summary>
    public bool IsFinal => Saga.Step == SagaStep.Done
        && Status is OrderStatus.Delivered or OrderStatus.Rejected or OrderStatus.Cancelled or OrderStatus.Refunded;

    /// <summary>A new order enters its saga.</summary>
    public Order Place(DateTimeOffset now)
    {
        var placed = this with { History = [new StatusChange(OrderStatus.Pending, now, null)], Saga = Saga.Go(SagaStep.ReserveStock, now) };
        return placed with { Events = [placed.Describe<OrderCreated>(null)] };
    }

    /// <summary>The stock of every line is set aside.</summary>
    public Order StockReserved(DateTimeOffset now)
        => Saga.Step == SagaStep.ReserveStock
            ? Become<OrderReserved>(OrderStatus.Reserved, null, now) with { Saga = Saga.Go(SagaStep.TakePayment, now) }
            : this;

    /// <summary>There is too little of something: nothing was reserved, and nothing has to be taken back.</summary>
    public Order StockRefused(string reason, DateTimeOffset now)
        => Saga.Step == SagaStep.ReserveStock
            ? Become<OrderRejected>(OrderStatus.Rejected, reason, now) with { PaymentToken = null, Saga = Saga.Go(SagaStep.Done, now) }
            : this;

    /// <summary>The money is there.</summary>
    public Order PaymentTaken(string paymentId, DateTimeOffset now)
        => Saga.Step == SagaStep.TakePayment
            ? this with { PaymentId = paymentId, PaymentToken = null, UpdatedAt = now, Saga = Saga.Go(SagaStep.Settle, now) }
            : this;

    /// <summary>There will be no money.</summary>
    public Order PaymentRefused(string? paymentId, string reason, DateTimeOffset now)
        => Saga.Step == SagaStep.TakePayment
            ? this with { PaymentId = paymentId, PaymentToken = null, UpdatedAt = now, Saga = Saga.TurnBack(SagaStep.ReleaseStock, reason, now) }
            : this;

    /// <summary>The money was there and has gone back, before the order heard of either.</summary>
    public Order PaymentLost(string paymentId, string reason, DateTimeOffset now)
        => Saga.Step == SagaStep.TakePayment
            ? this with { PaymentId = paymentId, PaymentToken = null, UpdatedAt = now, Saga = Saga.TurnBack(SagaStep.ReturnPayment, reason, now) }
            : this;

    /// <summary>The goods are the customer's, and out of the basket. Shipping hears of it by the event, and has so long to say something.</summary>
    public Order Settled(TimeSpan patience, DateTimeOffset now)
        => Saga.Step == SagaStep.Settle
            ? Become<OrderPaid>(OrderStatus.Paid, null, now) with { Saga = Saga.Go(SagaStep.Ship, now + patience) }
            : this;

    /// <summary>Shipping has not said anything in time: it is told of the order again, by the same event, which who knows it drops.</summary>
    public Order ShipmentMissed(TimeSpan patience, DateTimeOffset now)
    {
        if (Saga.Step != SagaStep.Ship)
        {
            return this;
        }

        var missed = this with { Saga = Saga.Fail("Shipping has not said that the parcel left.", patience * Math.Pow(2, Math.Min(Saga.Attempts + 1, MostDoublings)), now) };
        return now - UpdatedAt < AnnouncedFor ? missed with { Events = [.. Events, Describe<OrderPaid>(null)] } : missed;
    }

    /// <summary>The reservation ran out while the payment took its time, and the goods are gone.</summary>
    public Order SettlementRefused(string reason, DateTimeOffset now)
        => Saga.Step == SagaStep.Settle
            ? this with { UpdatedAt = now, Saga = Saga.TurnBack(SagaStep.ReturnPayment, reason, now) }
            : this;

    /// <summary>
    /// Turns the saga back. Its present step may be half done, or done without an answer, so the way back starts at that step.
    /// </summary>
    public Decision Cancel(string reason, DateTimeOffset now) => this switch
    {
        { Saga.Step: SagaStep.ReturnPayment or SagaStep.ReleaseStock } => this,
        { Saga.Step: SagaStep.ReserveStock } => this with { PaymentToken = null, UpdatedAt = now, Saga = Saga.TurnBack(SagaStep.ReleaseStock, reason, now) },
        { Saga.Step: SagaStep.TakePayment or SagaStep.Settle or SagaStep.Ship }
            => this with { PaymentToken = null, UpdatedAt = now, Saga = Saga.TurnBack(SagaStep.ReturnPayment, reason, now) },
        _ => new Decision(this, $"The order is {NameOf(Status)} and can no longer be cancelled."),
    };

    /// <summary>No payment of the order is left that could cost anything.</summary>
    public Order PaymentReturned(string? paymentId, bool moneyWentBack, DateTimeOffset now)
        => Saga.Step == SagaStep.ReturnPayment
            ? this with { PaymentId = paymentId ?? PaymentId, UpdatedAt = now, Saga = Saga.Go(SagaStep.ReleaseStock, now) with { PaymentReturned = moneyWentBack } }
            : this;

    /// <summary>The stock is back, and with it everything: only now the order says that it is cancelled.</summary>
    public Order StockReleased(DateTimeOffset now)
    {
        if (Saga.Step != SagaStep.ReleaseStock)
        {
            return this;
        }

        var cancelled = this with
        {
            Status = Saga.PaymentReturned ? OrderStatus.Refunded : OrderStatus.Cancelled,
            History = Saga.PaymentReturned
                ? [.. History, new StatusChange(OrderStatus.Cancelled, now, Saga.EndReason), new StatusChange(OrderStatus.Refunded, now, Saga.EndReason)]
                : [.. History, new StatusChange(OrderStatus.Cancelled, now, Saga.EndReason)],
            UpdatedAt = now,
            Saga = Saga.Go(SagaStep.Done, now),
        };
        return cancelled with { Events = [.. Events, cancelled.Describe<OrderCancelled>(Saga.EndReason)] };
    }

    /// <summary>Tries the present step at once, whatever it waits for.</summary>
    public Decision Resume(TimeSpan stuckAfter, DateTimeOffset now) => Saga.Progress(stuckAfter, now) switch
    {
        SagaProgress.Retrying or SagaProgress.Stuck => this with { Saga = Saga.Resume(now) },
        SagaProgress.Waiting => new Decision(this, "The order waits for its shipment, and nothing is wrong with that yet."),
        SagaProgress.Done => new Decision(this, $"The order is {NameOf(Status)}; nothing of it is left to do."),
        _ => new Decision(this, "The order's saga is being carried on; nothing holds it up."),
    };

    /// <summary>The parcel is on its way. An order that is being cancelled stays so: whoever came first wins.</summary>
    public Order Ship(string? trackingNumber, DateTimeOffset now)
        => Saga.Step == SagaStep.Ship
            ? Reach(OrderStatus.Shipped, null, now) with { TrackingNumber = trackingNumber ?? TrackingNumber, Saga = Saga.Go(SagaStep.Done, now) }
            : this;

    /// <summary>The parcel has arrived, whether or not it was heard before that it had left.</summary>
    public Order Deliver(string? trackingNumber, DateTimeOffset now)
    {
        var shipped = Ship(trackingNumber, now);
        return shipped.Status == OrderStatus.Shipped ? shipped.Reach(OrderStatus.Delivered, null, now) : this;
    }

    /// <summary>The status as it is on the wire.</summary>
    public static string NameOf(OrderStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    private Order Become<TEvent>(OrderStatus status, string? reason, DateTimeOffset now)
        where TEvent : OrderEvent
    {
        var next = Reach(status, reason, now);
        return next with { Events = [.. Events, next.Describe<TEvent>(reason)] };
    }

    private Order Reach(OrderStatus status, string? reason, DateTimeOffset now)
        => this with { Status = status, UpdatedAt = now, History = [.. History, new StatusChange(status, now, reason)] };

    private OrderEvent Describe<TEvent>(string? reason)
        where TEvent : OrderEvent
        => OrderEvents.Describe<TEvent>(this, reason);
}
