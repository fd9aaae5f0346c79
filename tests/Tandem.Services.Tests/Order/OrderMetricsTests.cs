using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Orders.OrderApplication;

namespace Tandem.Services.Tests.Orders;

public sealed class OrderMetricsTests : IAsyncLifetime
{
    private readonly OrderApplication _application = new();
    private readonly string _user = Ids.New();

    public Task InitializeAsync() => _application.StartAsync();

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task Metrics_OfOrders_CountStatusesRevenueAndSagas()
    {
        using var client = _application.CreateClient(_user);
        using var nobody = _application.CreateAnonymousClient();
        var before = await MetricsText.ReadAsync(nobody);
        Assert.Equal(0, before.Of("tandem_orders_total{status=\"delivered\"}"));

        _application.Shop.Fail("commit", times: 1);
        var kept = await PlaceAsync(client, _user, "tok_visa", (1, 2));
        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == kept);
        var returned = await PlaceAsync(client, _user, "tok_visa", (1, 1));
        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == returned);
        await PostAsync(client, $"/orders/{returned}/cancel", null, System.Net.HttpStatusCode.OK);
        _application.Shop.SetStock(2, 0);
        var rejected = await PlaceAsync(client, _user, "tok_visa", (2, 1));
        await _application.Sidecar.WaitForAsync<OrderRejected>(e => e.OrderId == rejected);
        _application.Shop.Processing = static () => ("failed", "card_declined");
        var declined = await PlaceAsync(client, _user, "tok_declined", (1, 1));
        await _application.Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == declined);

        var after = await MetricsText.ReadAsync(nobody);
        Assert.Equal(4, after.Of("tandem_orders_total{status=\"pending\"}"));
        Assert.Equal(2, after.Of("tandem_orders_total{status=\"paid\"}"));
        Assert.Equal(1, after.Of("tandem_orders_total{status=\"refunded\"}"));
        Assert.Equal(2, after.Of("tandem_orders_total{status=\"cancelled\"}"));
        Assert.Equal(1, after.Of("tandem_orders_total{status=\"rejected\"}"));
        Assert.Equal(30, after.Of("tandem_revenue_total{currency=\"USD\"}"));
        Assert.Equal(10, after.Of("tandem_revenue_refunded_total{currency=\"USD\"}"));
        Assert.Equal(2, after.Of("tandem_order_saga_duration_seconds_count{outcome=\"paid\"}"));
        Assert.Equal(1, after.Of("tandem_order_saga_duration_seconds_count{outcome=\"rejected\"}"));
        Assert.Equal(1, after.Of("tandem_order_saga_duration_seconds_count{outcome=\"cancelled\"}"));
        Assert.Equal(1, after.Of("tandem_order_saga_step_failures_total{step=\"settle\"}"));
        Assert.True(after.IsOfType("tandem_orders_total", "counter"));
        Assert.True(after.IsOfType("tandem_order_saga_duration_seconds", "histogram"));
        Assert.True(after.IsOfType("tandem_order_sagas", "gauge"));
        Assert.Equal(0, after.Of("tandem_order_sagas{state=\"stuck\"}"));
    }
}
