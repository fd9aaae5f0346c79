using System.Net;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>What payment needs of the order service: whose an order is and what it costs.</summary>
internal sealed class OrderClient(HttpClient http)
{
    public async Task<OrderView?> FindAsync(string orderId, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Get, $"/orders/{orderId}", null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.ReadAsync<OrderView>(cancellationToken);
    }
}

/// <summary>An order as payment sees it.</summary>
internal sealed record OrderView(string UserId, string Status, decimal Total, string Currency, IReadOnlyList<PaymentItem> Items)
{
    /// <summary>Whether it still waits for its money.</summary>
    public bool IsPayable => Status is "pending" or "reserved";
}
