using System.Net;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>Asks by service invocation over HTTP.</summary>
internal sealed class HttpBasketReader(HttpClient http) : IBasketReader
{
    public async Task<Purchase> GetAsync(string userId, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Get, $"/baskets/{userId}", null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return Purchase.Nothing;
        }

        response.EnsureSuccessStatusCode();
        var basket = await response.ReadAsync<Basket>(cancellationToken);
        return new Purchase(basket.Total, basket.Currency, basket.Items);
    }

    private sealed record Basket(decimal Total, string Currency, IReadOnlyList<PaymentItem> Items);
}
