using Tandem.Contracts.Events;

namespace Tandem.Order;

/// <summary>Makes the events that tell about an order.</summary>
internal static class OrderEvents
{
    public static OrderEvent Describe<TEvent>(Order order, string? reason)
        where TEvent : OrderEvent
    {
        var (id, user, total, currency) = (order.Id, order.UserId, order.Total, order.Currency);
        var status = Order.NameOf(order.Status);
        IReadOnlyList<OrderLine> items = [.. order.Items.Select(static item => new OrderLine(item.ProductId, item.Name, item.Price, item.Quantity))];
        return typeof(TEvent).Name switch
        {
            nameof(OrderCreated) => new OrderCreated { OrderId = id, UserId = user, Total = total, Currency = currency, Items = items, Status = status },
            nameof(OrderReserved) => new OrderReserved { OrderId = id, UserId = user, Total = total, Currency = currency, Items = items, Status = status },
            nameof(OrderPaid) => new OrderPaid { OrderId = id, UserId = user, Total = total, Currency = currency, Items = items, Status = status },
            nameof(OrderRejected) => new OrderRejected { OrderId = id, UserId = user, Total = total, Currency = currency, Items = items, Status = status, Reason = reason },
            nameof(OrderCancelled) => new OrderCancelled { OrderId = id, UserId = user, Total = total, Currency = currency, Items = items, Status = status, Reason = reason },
            _ => throw new InvalidOperationException($"Orders do not publish {typeof(TEvent).Name}."),
        };
    }
}
