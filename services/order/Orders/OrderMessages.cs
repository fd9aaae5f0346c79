using Google.Protobuf.WellKnownTypes;
using Tandem.ServiceDefaults;
using V1 = Tandem.Contracts.Grpc.Order.V1;

namespace Tandem.Order;

/// <summary>Orders as gRPC messages.</summary>
internal static class OrderMessages
{
    public static V1.Order ToMessage(this OrderResponse order)
    {
        var message = new V1.Order
        {
            Id = order.Id,
            UserId = order.UserId,
            Items = { order.Items.Select(item => item.ToMessage(order.Currency)) },
            Total = order.Total.ToMoney(order.Currency),
            Status = order.Status.ToMessage(),
            ShippingAddress = order.ShippingAddress.ToMessage(),
            History = { order.History.Select(ToMessage) },
            CreatedAt = order.CreatedAt.ToTimestamp(),
            UpdatedAt = order.UpdatedAt.ToTimestamp(),
        };

        // What is optional is set or not; null is no value of a message.
        if (order.PaymentId is { } paymentId)
        {
            message.PaymentId = paymentId;
        }

        if (order.TrackingNumber is { } trackingNumber)
        {
            message.TrackingNumber = trackingNumber;
        }

        return message;
    }

    public static CreateOrderRequest ToRequest(this V1.CreateOrderRequest request) => new()
    {
        UserId = request.UserId,
        ShippingAddress = request.ShippingAddress is { } address
            ? new AddressRequest(address.Name, address.Street, address.City, address.HasState ? address.State : null, address.Zip, address.Country)
            : null,
        PaymentMethod = request.PaymentMethod is { } method ? new PaymentMethodRequest(method.Type, method.Token) : null,
        Items = request.Items.Count == 0 ? null : [.. request.Items.Select(static item => new RequestedItem(item.ProductId, item.Quantity))],
    };

    public static OrderFilter ToFilter(this V1.ListOrdersRequest request)
        => new(request.HasUserId ? request.UserId : null, request.Status.ToStatus());

    private static V1.OrderItem ToMessage(this OrderItem item, string currency) => new()
    {
        ProductId = item.ProductId,
        Name = item.Name,
        Price = item.Price.ToMoney(currency),
        Quantity = item.Quantity,
        Subtotal = item.Subtotal.ToMoney(currency),
    };

    private static V1.Address ToMessage(this Address address)
    {
        var message = new V1.Address { Name = address.Name, Street = address.Street, City = address.City, Zip = address.Zip, Country = address.Country };
        if (address.State is { } state)
        {
            message.State = state;
        }

        return message;
    }

    private static V1.StatusChange ToMessage(StatusChange change)
    {
        var message = new V1.StatusChange { Status = change.Status.ToMessage(), At = change.At.ToTimestamp() };
        if (change.Reason is { } reason)
        {
            message.Reason = reason;
        }

        return message;
    }

    private static V1.OrderStatus ToMessage(this OrderStatus status) => status switch
    {
        OrderStatus.Pending => V1.OrderStatus.Pending,
        OrderStatus.Reserved => V1.OrderStatus.Reserved,
        OrderStatus.Paid => V1.OrderStatus.Paid,
        OrderStatus.Shipped => V1.OrderStatus.Shipped,
        OrderStatus.Delivered => V1.OrderStatus.Delivered,
        OrderStatus.Rejected => V1.OrderStatus.Rejected,
        OrderStatus.Cancelled => V1.OrderStatus.Cancelled,
        OrderStatus.Refunded => V1.OrderStatus.Refunded,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static OrderStatus? ToStatus(this V1.OrderStatus status) => status switch
    {
        V1.OrderStatus.Unspecified => null,
        V1.OrderStatus.Pending => OrderStatus.Pending,
        V1.OrderStatus.Reserved => OrderStatus.Reserved,
        V1.OrderStatus.Paid => OrderStatus.Paid,
        V1.OrderStatus.Shipped => OrderStatus.Shipped,
        V1.OrderStatus.Delivered => OrderStatus.Delivered,
        V1.OrderStatus.Rejected => OrderStatus.Rejected,
        V1.OrderStatus.Cancelled => OrderStatus.Cancelled,
        V1.OrderStatus.Refunded => OrderStatus.Refunded,
        _ => throw GrpcProblems.Invalid("status", $"The status {(int)status} is not known."),
    };
}
