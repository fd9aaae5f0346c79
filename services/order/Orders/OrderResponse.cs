namespace Tandem.Order;

/// <summary>An order as clients see it. The payment token and the saga's inner life stay inside.</summary>
internal sealed record OrderResponse
{
    public required string Id { get; init; }

    public required string UserId { get; init; }

    public required IReadOnlyList<OrderItem> Items { get; init; }

    public required decimal Total { get; init; }

    public required string Currency { get; init; }

    public required OrderStatus Status { get; init; }

    public required Address ShippingAddress { get; init; }

    public string? PaymentId { get; init; }

    public string? TrackingNumber { get; init; }

    public required IReadOnlyList<StatusChange> History { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static OrderResponse From(Order order) => new()
    {
        Id = order.Id,
        UserId = order.UserId,
        Items = order.Items,
        Total = order.Total,
        Currency = order.Currency,
        Status = order.Status,
        ShippingAddress = order.ShippingAddress,
        PaymentId = order.PaymentId,
        TrackingNumber = order.TrackingNumber,
        History = order.History,
        CreatedAt = order.CreatedAt,
        UpdatedAt = order.UpdatedAt,
    };
}
