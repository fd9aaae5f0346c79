using System.Net;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Orders.OrderApplication;

namespace Tandem.Services.Tests.Orders;

/// <summary>The saga's last step: shipping hears of a paid order by its event and answers with others.</summary>
public sealed class ShipmentTests : IAsyncLifetime
{
    private readonly OrderApplication _application = new() { Clock = new ManualTimeProvider() };
    private readonly string _user = Ids.New();

    public Task InitializeAsync()
    {
        // Seconds between two looks at the orders are enough where minutes pass.
        _application.With("Saga:SweepInterval", "00:00:05");
        return _application.StartAsync();
    }

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task Order_OfWhichShippingSaysNothing_IsToldAgainUnderItsIdUntilItIsShipped()
    {
        using var client = _application.CreateClient(_user);
        var (id, paid) = await PayAsync(client);
        var waiting = await _application.SeeSagaAsync(id, static _ => true);
        Assert.Equal(("waiting", "ship"), (waiting.Text("state"), waiting.Text("step")));

        _application.Clock!.Advance(TimeSpan.FromMinutes(9));
        Assert.Single(_application.Sidecar.PublishedOf<OrderPaid>());
        _application.Clock.Advance(TimeSpan.FromMinutes(2));
        await SeeToldAsync(2);

        var late = await _application.SeeSagaAsync(id, static saga => saga.Number("attempts") == 1);
        Assert.Equal("Shipping has not said that the parcel left.", late.Text("lastError"));
        Assert.Single(_application.Sidecar.Published.Where(static e => e.Type == "OrderPaid").Select(static e => e.Id).Distinct());
        Assert.Equal("paid", (await GetAsync(client, $"/orders/{id}")).Text("status"));

        await _application.DeliverAsync(new OrderShipped { OrderId = id, UserId = _user, Total = paid.Total, Currency = "USD", Items = paid.Items, Status = "shipped", TrackingNumber = "T-9" });
        Assert.Equal("done", (await _application.SeeSagaAsync(id, static _ => true)).Text("state"));
        _application.Clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal(2, _application.Sidecar.PublishedOf<OrderPaid>().Count);
    }

    [Fact]
    public async Task Order_OverdueAtShipping_IsStuckAndCanBeResumedOrCancelled()
    {
        using var client = _application.CreateClient(_user);
        using var admin = _application.CreateAdminClient();
        var (id, _) = await PayAsync(client);
        await PostAsync(admin, $"/admin/sagas/{id}/resume", null, HttpStatusCode.Conflict);
        _application.Clock!.Advance(TimeSpan.FromMinutes(11));
        await SeeToldAsync(2);
        _application.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("stuck", (await _application.SeeSagaAsync(id, static _ => true)).Text("state"));

        await PostAsync(admin, $"/admin/sagas/{id}/resume", null, HttpStatusCode.Accepted);
        await SeeToldAsync(3);

        var order = await PostAsync(client, $"/orders/{id}/cancel", null, HttpStatusCode.OK);
        Assert.Equal("refunded", order.Text("status"));
        Assert.Equal(100, _application.Shop.StockOf(1));
    }

    [Fact]
    public async Task Order_WhoseEventCouldNotLeaveYet_IsNotToldTwice()
    {
        using var client = _application.CreateClient(_user);
        _application.Sidecar.IsPublishingDown = true;
        var id = await PlaceAsync(client, _user);
        await _application.SeeSagaAsync(id, static saga => saga.Text("step") == "ship");
        _application.Clock!.Advance(TimeSpan.FromMinutes(11));
        await _application.SeeSagaAsync(id, static saga => saga.Number("attempts") == 1);

        _application.Sidecar.IsPublishingDown = false;
        await _application.PassTimeUntilAsync(_application.Sidecar.WaitForAsync<OrderPaid>(), TimeSpan.FromSeconds(1));

        Assert.Equal(["OrderCreated", "OrderReserved", "OrderPaid"], _application.Sidecar.Published.Select(static e => e.Type));
    }

    private async Task<(string Id, OrderPaid Paid)> PayAsync(HttpClient client)
    {
        var id = await PlaceAsync(client, _user);
        return (id, await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id));
    }

    private Task SeeToldAsync(int times)
        => _application.Sidecar.WaitUntilAsync(() => _application.Sidecar.PublishedOf<OrderPaid>().Count == times, $"OrderPaid {times} times");
}
