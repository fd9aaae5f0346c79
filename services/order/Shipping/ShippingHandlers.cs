using System.Data.Common;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>The parcel left: the order is shipped.</summary>
internal sealed class OrderShippedHandler(OrderStore orders, TimeProvider time, ILogger<OrderShippedHandler> logger) : IEventHandler<OrderShipped>
{
    public async Task HandleAsync(OrderShipped e, EventMetadata metadata, DbTransaction tx, CancellationToken ct)
        => ShippingLog.IfIgnored(
            logger, e, metadata, OrderStatus.Shipped, await orders.ChangeAsync(tx, e.OrderId, order => order.Ship(e.TrackingNumber, time.Now()), ct));
}

/// <summary>The parcel arrived: the order is delivered.</summary>
internal sealed class OrderDeliveredHandler(OrderStore orders, TimeProvider time, ILogger<OrderDeliveredHandler> logger) : IEventHandler<OrderDelivered>
{
    public async Task HandleAsync(OrderDelivered e, EventMetadata metadata, DbTransaction tx, CancellationToken ct)
        => ShippingLog.IfIgnored(
            logger, e, metadata, OrderStatus.Delivered, await orders.ChangeAsync(tx, e.OrderId, order => order.Deliver(e.TrackingNumber, time.Now()), ct));
}

/// <summary>Says when a parcel and its order do not fit together: somebody has to look after that parcel.</summary>
internal static partial class ShippingLog
{
    public static void IfIgnored(ILogger logger, OrderEvent e, EventMetadata metadata, OrderStatus reached, Decision? decision)
    {
        if (decision is not { } known)
        {
            Unknown(logger, metadata.Type, metadata.Id, e.OrderId);
        }
        else if (known.Order.Status != reached && known.Order.Status != OrderStatus.Delivered)
        {
            Ignored(logger, metadata.Type, metadata.Id, e.OrderId, known.Order.Status);
        }
    }

    [LoggerMessage(8511, LogLevel.Warning, "{Type} {EventId} is about order {OrderId}, which does not exist")]
    private static partial void Unknown(ILogger logger, string type, string eventId, string orderId);

    [LoggerMessage(8512, LogLevel.Warning, "{Type} {EventId} changes nothing: order {OrderId} is {Status}")]
    private static partial void Ignored(ILogger logger, string type, string eventId, string orderId, OrderStatus status);
}
