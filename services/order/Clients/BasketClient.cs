using System.Net;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>What the order service needs of basket: what lies in it, and to take out what was ordered.</summary>
internal sealed class BasketClient(HttpClient http)
{
    public async Task<IReadOnlyList<RequestedItem>> GetAsync(string userId, CancellationToken cancellationToken)
    {
        using var response = await http.CallAsync(HttpMethod.Get, $"/baskets/{userId}", null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return [];
        }

        response.EnsureSuccessStatusCode();
        return (await response.ReadAsync<BasketView>(cancellationToken)).Items;
    }

    /// <summary>Takes what was ordered out of the basket; the same order any number of times.</summary>
    public async Task CheckOutAsync(Order order, CancellationToken cancellationToken)
    {
        var body = new CheckOutRequest(order.Id, [.. order.Items.Select(static item => new OrderedItem(item.ProductId, item.Quantity))]);
        using var response = await http.CallAsync(HttpMethod.Post, $"/baskets/{order.UserId}/checkout", body, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new ServiceCallException($"POST check-out of order {order.Id}", await response.ReadProblemAsync(cancellationToken), response.StatusCode);
        }
    }

    private sealed record BasketView(IReadOnlyList<RequestedItem> Items);

    private sealed record CheckOutRequest(string OrderId, IReadOnlyList<OrderedItem> Items);

    private sealed record OrderedItem(int ProductId, int Quantity);
}
