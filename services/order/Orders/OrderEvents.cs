using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tandem.Contracts.Events;

namespace Tandem.Order;

/// <summary>Makes the events that tell about an order.</summary>
internal static class OrderEvents
{
    /// <summary>
    /// The event's id, which follows from the order and the type: each happens to an order once, so it is the same event however often it is
    /// told. A UUIDv7 of the time at which the order was made.
    /// </summary>
    public static string IdOf(OrderEvent happened)
    {
        Span<byte> id = stackalloc byte[16];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = Guid.ParseExact(happened.OrderId, "D").TryWriteBytes(id, bigEndian: true, out _);
        SHA256.HashData(Encoding.UTF8.GetBytes($"{happened.OrderId}/{happened.GetType().Name}"), hash);
        hash[6..16].CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true).ToString("D", CultureInfo.InvariantCulture);
    }

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
