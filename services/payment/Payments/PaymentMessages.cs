using Google.Protobuf.WellKnownTypes;
using Tandem.ServiceDefaults;
using V1 = Tandem.Contracts.Grpc.Payment.V1;

namespace Tandem.Payment;

/// <summary>Payments as gRPC messages.</summary>
internal static class PaymentMessages
{
    public static V1.Payment ToMessage(this PaymentResponse payment)
    {
        var message = new V1.Payment
        {
            Id = payment.Id,
            UserId = payment.UserId,
            Amount = payment.Amount.ToMoney(payment.Currency),
            RefundedAmount = payment.RefundedAmount.ToMoney(payment.Currency),
            Status = payment.Status.ToMessage(),
            Method = payment.Method,
            Provider = payment.Provider,
            Metadata = { payment.Metadata.ToDictionary() },
            Items = { payment.Items.Select(item => item.ToMessage(payment.Currency)) },
            CreatedAt = payment.CreatedAt.ToTimestamp(),
            UpdatedAt = payment.UpdatedAt.ToTimestamp(),
            ProcessedAt = payment.ProcessedAt?.ToTimestamp(),
            ExpiresAt = payment.ExpiresAt.ToTimestamp(),
        };

        // What is optional is set or not; null is no value of a message.
        if (payment.OrderId is { } orderId)
        {
            message.OrderId = orderId;
        }

        if (payment.BasketId is { } basketId)
        {
            message.BasketId = basketId;
        }

        if (payment.ProviderId is { } providerId)
        {
            message.ProviderId = providerId;
        }

        if (payment.Description is { } description)
        {
            message.Description = description;
        }

        if (payment.FailureReason is { } reason)
        {
            message.FailureReason = reason;
        }

        return message;
    }

    public static CreatePaymentRequest ToRequest(this V1.CreatePaymentRequest request) => new()
    {
        UserId = request.UserId,
        BasketId = request.HasBasketId ? request.BasketId : null,
        OrderId = request.HasOrderId ? request.OrderId : null,
        Amount = request.Amount.ToAmount("amount"),
        Currency = request.Amount.CurrencyOrNull(),
        Method = request.Method,
        Token = request.Token,
        Description = request.HasDescription ? request.Description : null,
        Metadata = request.Metadata.Count == 0 ? null : request.Metadata.ToDictionary(),
        Items = request.Items.Count == 0 ? null : [.. request.Items.Select(static (item, index) => item.ToItem(index))],
    };

    public static RefundRequest ToRequest(this V1.RefundPaymentRequest request)
        => new(request.Amount.ToAmount("amount"), request.HasReason ? request.Reason : null);

    public static PaymentFilter ToFilter(this V1.ListPaymentsRequest request) => new(
        request.HasUserId ? request.UserId : null,
        request.HasOrderId ? request.OrderId : null,
        request.Status.ToStatus());

    private static PaymentItem ToItem(this V1.PaymentItem item, int index) => new(
        item.HasProductId ? item.ProductId : null, item.Name, item.Price.ToAmount($"items[{index}].price") ?? 0, item.Quantity);

    private static V1.PaymentItem ToMessage(this PaymentItem item, string currency)
    {
        var message = new V1.PaymentItem { Name = item.Name, Price = item.Price.ToMoney(currency), Quantity = item.Quantity };
        if (item.ProductId is { } productId)
        {
            message.ProductId = productId;
        }

        return message;
    }

    private static V1.PaymentStatus ToMessage(this PaymentStatus status) => status switch
    {
        PaymentStatus.Pending => V1.PaymentStatus.Pending,
        PaymentStatus.Processing => V1.PaymentStatus.Processing,
        PaymentStatus.Completed => V1.PaymentStatus.Completed,
        PaymentStatus.Failed => V1.PaymentStatus.Failed,
        PaymentStatus.Cancelled => V1.PaymentStatus.Cancelled,
        PaymentStatus.Refunded => V1.PaymentStatus.Refunded,
        PaymentStatus.PartiallyRefunded => V1.PaymentStatus.PartiallyRefunded,
        PaymentStatus.Expired => V1.PaymentStatus.Expired,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static PaymentStatus? ToStatus(this V1.PaymentStatus status) => status switch
    {
        V1.PaymentStatus.Unspecified => null,
        V1.PaymentStatus.Pending => PaymentStatus.Pending,
        V1.PaymentStatus.Processing => PaymentStatus.Processing,
        V1.PaymentStatus.Completed => PaymentStatus.Completed,
        V1.PaymentStatus.Failed => PaymentStatus.Failed,
        V1.PaymentStatus.Cancelled => PaymentStatus.Cancelled,
        V1.PaymentStatus.Refunded => PaymentStatus.Refunded,
        V1.PaymentStatus.PartiallyRefunded => PaymentStatus.PartiallyRefunded,
        V1.PaymentStatus.Expired => PaymentStatus.Expired,
        _ => throw GrpcProblems.Invalid("status", $"The status {(int)status} is not known."),
    };
}
