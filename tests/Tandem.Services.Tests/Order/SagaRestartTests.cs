using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Orders.OrderApplication;

namespace Tandem.Services.Tests.Orders;

public sealed class SagaRestartTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tandem-orders-");
    private readonly string _user = Ids.New();

    public void Dispose() => _data.Delete(recursive: true);

    [Theory]
    [InlineData("reserve")]
    [InlineData("create")]
    [InlineData("process")]
    [InlineData("commit")]
    [InlineData("checkout")]
    public async Task Order_LeftAtAnyStep_IsTakenUpByTheNextStart(string operation)
    {
        var shop = new FakeShop();
        var database = Path.Combine(_data.FullName, "order.db");
        string id;
        await using (var first = Over(shop, database))
        {
            await first.StartAsync();
            shop.Fail(operation, afterEffect: true);
            using var client = first.CreateClient(_user);
            id = await PlaceAsync(client, _user);
            await first.Sidecar.WaitForAsync<OrderCreated>();
            await first.Sidecar.WaitUntilAsync(() => Reached(first.Sidecar, operation), operation);
        }

        shop.Heal();
        await using var second = Over(shop, database);
        await second.StartAsync();

        await second.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        Assert.Equal(98, shop.StockOf(1));
        Assert.Equal(1, shop.Charges);
        Assert.Single(shop.Payments);
        Assert.Equal(1, shop.CheckedOut);
    }

    [Fact]
    public async Task Cancellation_LeftHalfWay_IsTakenUpByTheNextStart()
    {
        var shop = new FakeShop();
        var database = Path.Combine(_data.FullName, "order.db");
        string id;
        await using (var first = Over(shop, database))
        {
            await first.StartAsync();
            using var client = first.CreateClient(_user);
            id = await PlaceAsync(client, _user);
            await first.Sidecar.WaitForAsync<OrderPaid>();
            shop.Fail("release");
            using var response = await client.PostAsync(new Uri($"/orders/{id}/cancel", UriKind.Relative), null);
            Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
        }

        shop.Heal();
        await using var second = Over(shop, database);
        await second.StartAsync();

        Assert.Equal("refunded", (await second.Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id)).Status);
        Assert.Equal(1, shop.Refunds);
        Assert.Equal(100, shop.StockOf(1));
    }

    private static bool Reached(FakeSidecar sidecar, string operation) => sidecar.Invoked.Any(request => request.Method == "POST" && operation switch
    {
        "reserve" => request.Path.EndsWith("/reservations", StringComparison.Ordinal),
        "create" => request.Path == "/payments",
        _ => request.Path.EndsWith("/" + operation, StringComparison.Ordinal),
    });
}
