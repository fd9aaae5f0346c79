using System.Net;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>What the order service needs of product: what a product costs, and stock set aside for an order.</summary>
internal sealed class ProductClient(HttpClient http)
{
    public async Task<ProductView?> FindAsync(int id, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Get, $"/products/{id}", null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.ReadAsync<ProductView>(cancellationToken);
    }

    /// <summary>Sets the stock aside, all or nothing. Repeating it changes nothing.</summary>
    /// <returns>Why not, when there is too little of something; otherwise nothing.</returns>
    public async Task<string?> ReserveAsync(Order order, CancellationToken cancellationToken)
    {
        var body = new ReservationRequest(order.Id, [.. order.Items.Select(static item => new ReservedItem(item.ProductId, item.Quantity))]);
        using var response = await http.CallAsync(HttpMethod.Post, "/products/reservations", body, cancellationToken);
        return response.IsSuccessStatusCode ? null : await response.ReadProblemAsync(cancellationToken);
    }

    /// <summary>Makes the reservation final; <see langword="false"/> when there is none any more.</summary>
    public async Task<bool> CommitAsync(string orderId, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Post, $"/products/reservations/{orderId}/commit", null, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Puts the stock back, committed or not. That there is nothing to put back is as good.</summary>
    public async Task ReleaseAsync(string orderId, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Delete, $"/products/reservations/{orderId}", null, cancellationToken);
        if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotFound)
        {
            throw new ServiceCallException($"DELETE reservation of order {orderId}", await response.ReadProblemAsync(cancellationToken), response.StatusCode);
        }
    }

    private sealed record ReservationRequest(string OrderId, IReadOnlyList<ReservedItem> Items);

    private sealed record ReservedItem(int ProductId, int Quantity);
}

/// <summary>A product as an order sees it.</summary>
internal sealed record ProductView(int Id, string Name, decimal Price, string Currency);
