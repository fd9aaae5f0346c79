namespace Tandem.EndToEnd.Tests.Shop;

/// <summary>
/// Many shoppers who order at once, and the accounts afterwards: every acknowledged order has ended, stock is exact, and each
/// event told its user once.
/// </summary>
internal sealed class Crowd : IDisposable
{
    private static readonly string[] FinalStatuses = ["delivered", "rejected", "cancelled"];
    private static readonly string[] ToldWhenDelivered = ["OrderCreated", "OrderReserved", "PaymentCompleted", "OrderPaid", "OrderShipped", "OrderDelivered"];
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(180);

    private readonly List<Shopper> _shoppers = [];
    private readonly List<(Shopper Shopper, string OrderId)> _acknowledged = [];
    private readonly Dictionary<int, int> _stockBefore = [];

    private Crowd()
    {
    }

    /// <summary>How many orders the shop has acknowledged so far.</summary>
    public int Acknowledged
    {
        get
        {
            lock (_acknowledged)
            {
                return _acknowledged.Count;
            }
        }
    }

    public static async Task<Crowd> GatherAsync(Uri gateway, int shoppers)
    {
        var crowd = new Crowd();
        for (var i = 0; i < shoppers; i++)
        {
            crowd._shoppers.Add(await Shopper.RegisterAsync(gateway, $"shopper{i}"));
        }

        using var admin = await Shopper.SignInAsync(gateway, "admin@example.com");
        foreach (var product in (await admin.ProductsAsync()).Take(4))
        {
            await admin.SetStockAsync(product.Id, 1000);
            crowd._stockBefore[product.Id] = 1000;
        }

        return crowd;
    }

    /// <summary>Every shopper orders <paramref name="each"/> times, one after another; the shoppers at once.</summary>
    public Task OrderAsync(int each) => Task.WhenAll(_shoppers.Select(async (shopper, index) =>
    {
        var products = _stockBefore.Keys.ToArray();
        for (var i = 0; i < each; i++)
        {
            var id = await shopper.OrderAsync([
                new OrderItem(products[(index + i) % products.Length], 1 + (i % 3)),
                new OrderItem(products[(index + i + 1) % products.Length], 1)]);
            lock (_acknowledged)
            {
                _acknowledged.Add((shopper, id));
            }
        }
    }));

    /// <summary>Waits until all orders have ended, then holds orders, stock and notifications against each other.</summary>
    public async Task SettleAndCheckAsync()
    {
        var orders = new List<Order>();
        foreach (var shopper in _shoppers)
        {
            orders.AddRange(await Eventually.SeeAsync(
                shopper.OrdersAsync,
                seen => seen.All(o => FinalStatuses.Contains(o.Status)),
                SettleLimit,
                seen => string.Join(", ", seen.Where(o => !FinalStatuses.Contains(o.Status)).Select(o => $"{o.Id} {o.Status}"))));
        }

        Assert.Empty(_acknowledged.Select(a => a.OrderId).Except(orders.Select(o => o.Id)));
        Assert.Equal(_acknowledged.Count, orders.Count);
        Assert.All(orders, order => Assert.Equal("delivered", order.Status));
        await CheckStockAsync(orders);
        foreach (var shopper in _shoppers)
        {
            await CheckNotificationsAsync(shopper, [.. orders.Where(o => o.UserId == shopper.User.Id)]);
        }
    }

    public void Dispose() => _shoppers.ForEach(s => s.Dispose());

    private async Task CheckStockAsync(List<Order> orders)
    {
        foreach (var (productId, before) in _stockBefore)
        {
            var sold = orders.SelectMany(o => o.Items).Where(i => i.ProductId == productId).Sum(i => i.Quantity);
            Assert.Equal(before - sold, (await _shoppers[0].ProductAsync(productId)).StockQuantity);
        }
    }

    private static async Task CheckNotificationsAsync(Shopper shopper, IReadOnlyList<Order> orders)
    {
        var expected = orders.SelectMany(o => ToldWhenDelivered.Select(type => (o.Id, type))).ToHashSet();
        var seen = await Eventually.SeeAsync(
            async () => (await shopper.NotificationsAsync()).Where(n => n.OrderId is not null).Select(n => (n.OrderId!, n.Type)).ToList(),
            told => expected.IsSubsetOf(told),
            SettleLimit,
            told => $"missing {string.Join(", ", expected.Except(told))}");
        Assert.Empty(seen.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => $"{g.Key} told {g.Count()} times"));
    }
}
