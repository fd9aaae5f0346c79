namespace Tandem.Contracts.Events;

/// <summary>One line of an order as events carry it.</summary>
public sealed record OrderLine(int ProductId, string Name, decimal Price, int Quantity);

/// <summary>Something happened to an order; topic <see cref="Topics.Orders"/>.</summary>
public abstract record OrderEvent : IntegrationEvent
{
    public required string OrderId { get; init; }

    public required string UserId { get; init; }

    public required decimal Total { get; init; }

    public required string Currency { get; init; }

    public required IReadOnlyList<OrderLine> Items { get; init; }

    public required string Status { get; init; }

    public string? TrackingNumber { get; init; }

    public string? Reason { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Subject => OrderId;

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Topic => Topics.Orders;
}

public sealed record OrderCreated : OrderEvent;

public sealed record OrderReserved : OrderEvent;

public sealed record OrderPaid : OrderEvent;

public sealed record OrderShipped : OrderEvent;

public sealed record OrderDelivered : OrderEvent;

public sealed record OrderCancelled : OrderEvent;

public sealed record OrderRejected : OrderEvent;
