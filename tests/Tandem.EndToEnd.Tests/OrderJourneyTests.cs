using Tandem.EndToEnd.Tests.Mesh;
using Tandem.EndToEnd.Tests.Shop;

namespace Tandem.EndToEnd.Tests;

/// <summary>What the shop does for its customers, whatever it stands on.</summary>
public abstract class OrderJourneyTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private protected abstract RunningMesh Mesh { get; }

    [Fact]
    public async Task Order_FromTheBasket_IsDeliveredAndEachEventToldOnce()
    {
        using var shopper = await Shopper.RegisterAsync(Mesh.Gateway, "journey");
        var product = (await shopper.ProductsAsync()).First(p => p.StockQuantity >= 5);
        await shopper.AddToBasketAsync(product.Id, 3);

        var order = await EndOfAsync(shopper, await shopper.OrderAsync(), "delivered");

        Assert.Equal(["pending", "reserved", "paid", "shipped", "delivered"], order.History.Select(h => h.Status));
        Assert.Equal(product.StockQuantity - 3, (await shopper.ProductAsync(product.Id)).StockQuantity);
        Assert.Empty((await shopper.BasketAsync()).Items);
        await ExpectToldAsync(shopper, "UserRegistered", "OrderCreated", "OrderReserved", "PaymentCompleted", "OrderPaid", "BasketCleared", "OrderShipped", "OrderDelivered");
    }

    [Fact]
    public async Task Order_WithADeclinedPayment_IsCancelledAndTheStockComesBack()
    {
        using var shopper = await Shopper.RegisterAsync(Mesh.Gateway, "declined");
        var product = (await shopper.ProductsAsync()).First(p => p.StockQuantity >= 5);

        var order = await EndOfAsync(shopper, await shopper.OrderAsync([new OrderItem(product.Id, 2)], "tok_declined"), "cancelled");

        Assert.Contains("card_declined", order.History[^1].Reason, StringComparison.Ordinal);
        Assert.Equal(product.StockQuantity, (await shopper.ProductAsync(product.Id)).StockQuantity);
        await ExpectToldAsync(shopper, "UserRegistered", "OrderCreated", "OrderReserved", "PaymentFailed", "OrderCancelled");
    }

    [Fact]
    public async Task Order_BeyondTheStock_IsRejected()
    {
        using var shopper = await Shopper.RegisterAsync(Mesh.Gateway, "rejected");
        var product = (await shopper.ProductsAsync()).Where(p => p.StockQuantity > 0).MinBy(p => p.StockQuantity)!;

        await EndOfAsync(shopper, await shopper.OrderAsync([new OrderItem(product.Id, product.StockQuantity + 1)]), "rejected");

        Assert.Equal(product.StockQuantity, (await shopper.ProductAsync(product.Id)).StockQuantity);
        await ExpectToldAsync(shopper, "UserRegistered", "OrderCreated", "OrderRejected");
    }

    [Fact]
    public async Task Emails_GoOutAsFiles()
    {
        using var shopper = await Shopper.RegisterAsync(Mesh.Gateway, "mail");
        var mail = Path.Combine(Mesh.Folder, ".tandem");

        await Eventually.SeeAsync(
            () => Task.FromResult(Directory.Exists(mail) ? Directory.GetFiles(mail, "*.eml", SearchOption.AllDirectories).Count(f => File.ReadAllText(f).Contains(shopper.User.Email, StringComparison.Ordinal)) : 0),
            count => count == 1,
            Limit,
            count => $"{count} mails to {shopper.User.Email} in {mail}");
    }

    [Fact]
    public async Task TwoHundredOrders_FromTwentyShoppersAtOnce_AreAllDeliveredAndTheStockIsExact()
    {
        using var crowd = await Crowd.GatherAsync(Mesh.Gateway, shoppers: 20);
        await crowd.OrderAsync(each: 10);
        Assert.Equal(200, crowd.Acknowledged);
        await crowd.SettleAndCheckAsync();
    }

    private static Task<Order> EndOfAsync(Shopper shopper, string orderId, string status)
        => Eventually.SeeAsync(() => shopper.OrderAsync(orderId), o => o.Status == status, Limit, o => o.Status);

    private static async Task ExpectToldAsync(Shopper shopper, params string[] types)
    {
        var told = await Eventually.SeeAsync(
            async () => (await shopper.NotificationsAsync()).Select(n => n.Type).ToList(),
            seen => types.All(seen.Contains),
            Limit,
            seen => string.Join(", ", seen));
        Assert.Equal(types.Order(), told.Order());
    }
}
