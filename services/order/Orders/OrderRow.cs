using System.Text.Json;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>An order as its table holds it: whole cents, milliseconds since 1970, enum values by name.</summary>
internal sealed class OrderRow
{
    public const string Columns =
        """
        id, user_id, status, total_cents, currency, shipping_address, payment_type, payment_token, from_basket, payment_id, tracking_number,
        created_at, updated_at, version, step, end_reason, payment_returned, attempts, next_attempt_at, failing_since, last_error,
        lease_owner, lease_until, trace_parent
        """;

    public string Id { get; init; } = "";

    public string UserId { get; init; } = "";

    public string Status { get; init; } = "";

    public long TotalCents { get; init; }

    public string Currency { get; init; } = "";

    public string ShippingAddress { get; init; } = "";

    public string PaymentType { get; init; } = "";

    public string? PaymentToken { get; init; }

    public int FromBasket { get; init; }

    public string? PaymentId { get; init; }

    public string? TrackingNumber { get; init; }

    public long CreatedAt { get; init; }

    public long UpdatedAt { get; init; }

    public long Version { get; init; }

    public string Step { get; init; } = "";

    public string? EndReason { get; init; }

    public int PaymentReturned { get; init; }

    public int Attempts { get; init; }

    public long NextAttemptAt { get; init; }

    public long? FailingSince { get; init; }

    public string? LastError { get; init; }

    public string? LeaseOwner { get; init; }

    public long LeaseUntil { get; init; }

    public string? TraceParent { get; init; }

    public static OrderRow From(Order order) => new()
    {
        Id = order.Id,
        UserId = order.UserId,
        Status = Stored.Name(order.Status),
        TotalCents = Stored.Cents(order.Total),
        Currency = order.Currency,
        ShippingAddress = JsonSerializer.Serialize(order.ShippingAddress, ServiceJson.Options),
        PaymentType = order.PaymentType,
        PaymentToken = order.PaymentToken,
        FromBasket = order.IsFromBasket ? 1 : 0,
        PaymentId = order.PaymentId,
        TrackingNumber = order.TrackingNumber,
        CreatedAt = Stored.Time(order.CreatedAt),
        UpdatedAt = Stored.Time(order.UpdatedAt),
        Version = order.Version,
        Step = Stored.Name(order.Saga.Step),
        EndReason = order.Saga.EndReason,
        PaymentReturned = order.Saga.PaymentReturned ? 1 : 0,
        Attempts = order.Saga.Attempts,
        NextAttemptAt = Stored.Time(order.Saga.NextAttemptAt),
        FailingSince = order.Saga.FailingSince is { } failing ? Stored.Time(failing) : null,
        LastError = order.Saga.LastError,
        LeaseOwner = order.Saga.LeaseOwner,
        LeaseUntil = Stored.Time(order.Saga.LeaseUntil),
        TraceParent = order.Saga.TraceParent,
    };

    public Order ToOrder(IReadOnlyList<OrderItem> items, IReadOnlyList<StatusChange> history) => new()
    {
        Id = Id,
        UserId = UserId,
        Items = items,
        Total = Stored.Amount(TotalCents),
        Currency = Currency,
        Status = Stored.Parse<OrderStatus>(Status),
        ShippingAddress = JsonSerializer.Deserialize<Address>(ShippingAddress, ServiceJson.Options)!,
        PaymentType = PaymentType,
        PaymentToken = PaymentToken,
        IsFromBasket = FromBasket != 0,
        PaymentId = PaymentId,
        TrackingNumber = TrackingNumber,
        History = history,
        CreatedAt = Stored.Time(CreatedAt),
        UpdatedAt = Stored.Time(UpdatedAt),
        Version = Version,
        Saga = new SagaState
        {
            Step = Stored.Parse<SagaStep>(Step),
            EndReason = EndReason,
            PaymentReturned = PaymentReturned != 0,
            Attempts = Attempts,
            NextAttemptAt = Stored.Time(NextAttemptAt),
            FailingSince = FailingSince is { } failing ? Stored.Time(failing) : null,
            LastError = LastError,
            LeaseOwner = LeaseOwner,
            LeaseUntil = Stored.Time(LeaseUntil),
            TraceParent = TraceParent,
        },
    };
}
