using System.Net;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>What the order service needs of payment: one payment for each order, processed, called off or given back.</summary>
internal sealed class PaymentClient(HttpClient http)
{
    /// <summary>Makes the order's payment, or finds the one that it has.</summary>
    public async Task<PaymentAnswer> CreateAsync(Order order, CancellationToken cancellationToken)
    {
        var body = new CreateRequest(order.UserId, order.Id, order.Total, order.Currency, order.PaymentType, order.PaymentToken, order.Items);
        using var response = await http.CallAsync(HttpMethod.Post, "/payments", body, cancellationToken);
        return await AnswerAsync(response, cancellationToken);
    }

    /// <summary>Has a payment processed; refused when that is not for the first time, so look at the payment then.</summary>
    public async Task<PaymentAnswer> ProcessAsync(string paymentId, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Post, $"/payments/{paymentId}/process", null, cancellationToken);
        return await AnswerAsync(response, cancellationToken);
    }

    public async Task<PaymentAnswer> CancelAsync(string paymentId, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Post, $"/payments/{paymentId}/cancel", null, cancellationToken);
        return await AnswerAsync(response, cancellationToken);
    }

    /// <summary>Gives back all that is left of a payment; refused when nothing is.</summary>
    public async Task<PaymentAnswer> RefundAsync(string paymentId, string reason, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Post, $"/payments/{paymentId}/refund", new RefundRequest(reason), cancellationToken);
        return await AnswerAsync(response, cancellationToken);
    }

    public async Task<PaymentView?> FindAsync(string paymentId, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Get, $"/payments/{paymentId}", null, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : (await AnswerAsync(response, cancellationToken)).Payment;
    }

    public async Task<PaymentView?> FindByOrderAsync(string orderId, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Get, $"/payments?orderId={orderId}", null, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.ReadAsync<PaymentPage>(cancellationToken)).Items is [var first, ..] ? first : null;
    }

    private static async Task<PaymentAnswer> AnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        => response.IsSuccessStatusCode
            ? new PaymentAnswer(await response.ReadAsync<PaymentView>(cancellationToken), null)
            : new PaymentAnswer(null, await response.ReadProblemAsync(cancellationToken));

    private sealed record CreateRequest(
        string UserId, string OrderId, decimal Amount, string Currency, string Method, string? Token, IReadOnlyList<OrderItem> Items);

    private sealed record RefundRequest(string Reason);

    private sealed record PaymentPage(IReadOnlyList<PaymentView> Items);
}

/// <summary>A payment, or why there is none.</summary>
internal readonly record struct PaymentAnswer(PaymentView? Payment, string? Refusal);

/// <summary>A payment as the order service sees it.</summary>
internal sealed record PaymentView(string Id, string Status, string? FailureReason);
