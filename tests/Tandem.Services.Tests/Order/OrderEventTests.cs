using System.Text.Json;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Orders.OrderApplication;

namespace Tandem.Services.Tests.Orders;

/// <summary>The events of orders as they are on the wire, with all that CONTRACT.md says of their data.</summary>
public sealed class OrderEventTests : IAsyncLifetime
{
    private readonly OrderApplication _application = new();
    private readonly string _user = Ids.New();

    public Task InitializeAsync() => _application.StartAsync();

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task Events_OfOrders_CarryAllTheirData()
    {
        using var client = _application.CreateClient(_user);
        var paid = await PlaceAsync(client, _user, "tok_visa", (1, 2), (2, 1));
        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == paid);
        await PostAsync(client, $"/orders/{paid}/cancel", new { reason = "too late" }, System.Net.HttpStatusCode.OK);
        _application.Shop.SetStock(2, 0);
        var rejected = await PlaceAsync(client, _user, "tok_visa", (2, 1));
        await _application.Sidecar.WaitForAsync<OrderRejected>(e => e.OrderId == rejected);

        Check("OrderCreated", paid, "pending", 30m, null);
        Check("OrderReserved", paid, "reserved", 30m, null);
        Check("OrderPaid", paid, "paid", 30m, null);
        Check("OrderCancelled", paid, "refunded", 30m, "too late");
        Check("OrderCreated", rejected, "pending", 10m, null);
        Check("OrderRejected", rejected, "rejected", 10m, "Too little of product 2.");
        Assert.Equal(6, _application.Sidecar.Published.Select(static e => e.Id).Distinct().Count());
    }

    private void Check(string type, string orderId, string status, decimal total, string? reason)
    {
        var published = Assert.Single(_application.Sidecar.Published, e => e.Type == type && e.Subject == orderId);
        Assert.Equal("order-events", published.Topic);
        Assert.True(Ids.IsValid(published.Id));
        var data = published.Data;
        Assert.Equal((orderId, _user, "USD", status), (data.Text("orderId"), data.Text("userId"), data.Text("currency"), data.Text("status")));
        Assert.Equal(total, data.GetProperty("total").GetDecimal());
        Assert.Equal(reason, data.GetProperty("reason").GetString());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("trackingNumber").ValueKind);
        Assert.All(data.GetProperty("items").EnumerateArray(), static item =>
        {
            Assert.Equal($"Product {item.Number("productId")}", item.Text("name"));
            Assert.Equal(10m, item.GetProperty("price").GetDecimal());
            Assert.True(item.Number("quantity") > 0);
        });
        Assert.False(data.TryGetProperty("subject", out _));
        Assert.False(data.TryGetProperty("topic", out _));
    }
}
