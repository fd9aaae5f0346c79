using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Notification;

/// <summary>Events to be told of.</summary>
internal static class NotificationEvents
{
    public static OrderPaid OrderPaid(string userId) => new()
    {
        OrderId = Ids.New(),
        UserId = userId,
        Total = 20,
        Currency = "USD",
        Items = [new OrderLine(1, "Lamp", 10, 2)],
        Status = "paid",
    };

    public static OrderShipped OrderShipped(string userId) => new()
    {
        OrderId = Ids.New(),
        UserId = userId,
        Total = 20,
        Currency = "USD",
        Items = [],
        Status = "shipped",
        TrackingNumber = "TD123",
    };

    public static UserRegistered UserRegistered(string userId, string? email = null, string name = "Ann") => new()
    {
        UserId = userId,
        Email = email ?? $"{userId}@example.com",
        Name = name,
    };

    /// <summary>One event of each type that concerns a user.</summary>
    public static IReadOnlyList<IntegrationEvent> OneOfEach(string userId)
    {
        var orderId = Ids.New();
        IReadOnlyList<OrderLine> lines = [new(1, "Lamp", 10, 2)];
        IReadOnlyList<BasketLine> basket = [new(1, "Lamp", 10, 2)];
        return
        [
            UserRegistered(userId),
            new OrderCreated { OrderId = orderId, UserId = userId, Total = 20, Currency = "USD", Items = lines, Status = "pending" },
            new OrderReserved { OrderId = orderId, UserId = userId, Total = 20, Currency = "USD", Items = lines, Status = "reserved" },
            new OrderPaid { OrderId = orderId, UserId = userId, Total = 20, Currency = "USD", Items = lines, Status = "paid" },
            new OrderShipped { OrderId = orderId, UserId = userId, Total = 20, Currency = "USD", Items = lines, Status = "shipped" },
            new OrderDelivered { OrderId = orderId, UserId = userId, Total = 20, Currency = "USD", Items = lines, Status = "delivered" },
            new OrderCancelled { OrderId = orderId, UserId = userId, Total = 20, Currency = "USD", Items = lines, Status = "cancelled" },
            new OrderRejected { OrderId = orderId, UserId = userId, Total = 20, Currency = "USD", Items = lines, Status = "rejected" },
            new PaymentCompleted { PaymentId = Ids.New(), OrderId = orderId, UserId = userId, Amount = 20, Currency = "USD" },
            new PaymentFailed { PaymentId = Ids.New(), OrderId = orderId, UserId = userId, Amount = 20, Currency = "USD", Reason = "card_declined" },
            new PaymentRefunded { PaymentId = Ids.New(), OrderId = orderId, UserId = userId, Amount = 20, Currency = "USD" },
            new BasketCleared { UserId = userId, BasketId = userId, Items = basket, Total = 20 },
            new BasketAbandoned { UserId = userId, BasketId = userId, Items = basket, Total = 20 },
        ];
    }
}
