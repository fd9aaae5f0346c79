using System.Net;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Testing;
using static Tandem.Services.Tests.Orders.OrderApplication;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Orders;

/// <summary>Steps that get no answer, answers that come too late, and ways back on which something fails. Time passes when a test says so.</summary>
public sealed class SagaFailureTests : IAsyncLifetime
{
    private readonly OrderApplication _application = new() { Clock = new ManualTimeProvider() };
    private readonly string _user = Ids.New();

    private FakeShop Shop => _application.Shop;

    private FakeSidecar Sidecar => _application.Sidecar;

    public Task InitializeAsync() => _application.StartAsync();

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Theory]
    [InlineData("reserve", false, "reserve_stock")]
    [InlineData("reserve", true, "reserve_stock")]
    [InlineData("create", false, "take_payment")]
    [InlineData("create", true, "take_payment")]
    [InlineData("process", false, "take_payment")]
    [InlineData("process", true, "take_payment")]
    [InlineData("commit", false, "settle")]
    [InlineData("commit", true, "settle")]
    [InlineData("checkout", false, "settle")]
    [InlineData("checkout", true, "settle")]
    public async Task Step_WithoutAnAnswer_IsDoneAgainAfterItsTimeAndHasOneEffect(string operation, bool afterEffect, string step)
    {
        var held = Shop.Hold(operation, afterEffect);
        using var client = _application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await held.Reached.WithinAsync();

        _application.Clock!.Advance(TimeSpan.FromSeconds(20));

        var waiting = await _application.SeeSagaAsync(id, static saga => saga.GetProperty("attempts").GetInt32() > 0);
        Assert.Equal(step, waiting.GetProperty("step").GetString());
        Assert.Contains("not done within 20 s", waiting.GetProperty("lastError").GetString(), StringComparison.Ordinal);
        await _application.PassTimeUntilAsync(Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id));

        // What hung arrives after all.
        held.Release();
        await Sidecar.WaitUntilAsync(() => true, "the late call");
        Assert.Equal(98, Shop.StockOf(1));
        Assert.Equal(1, Shop.Charges);
        Assert.Single(Shop.Payments);
        Assert.Equal(["pending", "reserved", "paid"], History(await GetAsync(client, $"/orders/{id}")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Payment_AnsweredAfterTheCancel_GoesBack(bool afterEffect)
    {
        var held = Shop.Hold("process", afterEffect);
        using var client = _application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await held.Reached.WithinAsync();

        var cancelling = client.PostAsync(new Uri($"/orders/{id}/cancel", UriKind.Relative), null);
        await _application.SeeSagaAsync(id, static saga => saga.GetProperty("step").GetString() == "return_payment");
        Assert.Equal(afterEffect ? 1 : 0, Shop.Charges);
        held.Release();

        var cancelled = await Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id);
        using var response = await cancelling.WithinAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("refunded", cancelled.Status);
        Assert.Equal((1, 1, 100), (Shop.Charges, Shop.Refunds, Shop.StockOf(1)));
        Assert.Equal(["pending", "reserved", "cancelled", "refunded"], History(await GetAsync(client, $"/orders/{id}")));
    }

    [Theory]
    [InlineData("completed", "refunded", 1)]
    [InlineData("failed", "cancelled", 0)]
    public async Task Cancel_WhileTheProviderHasNotDecided_WaitsForItsDecision(string decision, string end, int refunds)
    {
        Shop.Processing = static () => ("processing", null);
        using var client = _application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await _application.SeeSagaAsync(id, static saga => saga.GetProperty("attempts").GetInt32() > 0);

        using var response = await _application.PassTimeUntilAsync(client.PostAsync(new Uri($"/orders/{id}/cancel", UriKind.Relative), null));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("reserved", (await GetAsync(client, $"/orders/{id}")).GetProperty("status").GetString());
        Assert.Equal(98, Shop.StockOf(1));

        Shop.Decide(decision);
        var cancelled = await _application.PassTimeUntilAsync(Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id));
        Assert.Equal((end, refunds, 100), (cancelled.Status, Shop.Refunds, Shop.StockOf(1)));
    }

    [Theory]
    [InlineData("find", false)]
    [InlineData("refund", false)]
    [InlineData("refund", true)]
    [InlineData("release", false)]
    [InlineData("release", true)]
    public async Task WayBack_OfAPaidOrder_ThatFailsFirst_GoesBackOnce(string operation, bool afterEffect)
    {
        using var client = _application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        Shop.Fail(operation, times: 4, afterEffect);

        var cancelling = client.PostAsync(new Uri($"/orders/{id}/cancel", UriKind.Relative), null);
        var cancelled = await _application.PassTimeUntilAsync(Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id));
        using var response = await cancelling.WithinAsync();

        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted);
        Assert.Equal(("refunded", 1, 100), (cancelled.Status, Shop.Refunds, Shop.StockOf(1)));
        Assert.Single(Sidecar.PublishedOf<OrderCancelled>());
        await PostAsync(client, $"/orders/{id}/cancel", null, HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("cancel", false)]
    [InlineData("cancel", true)]
    [InlineData("release", false)]
    public async Task WayBack_OfAnUnpaidOrder_ThatFailsFirst_LeavesNoPayment(string operation, bool afterEffect)
    {
        Shop.Fail("process");
        Shop.Fail(operation, times: 3, afterEffect);
        using var client = _application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await _application.SeeSagaAsync(id, static saga => saga.GetProperty("attempts").GetInt32() > 0);

        var cancelling = client.PostAsync(new Uri($"/orders/{id}/cancel", UriKind.Relative), null);
        var cancelled = await _application.PassTimeUntilAsync(Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id));
        using var response = await cancelling.WithinAsync();

        Assert.Equal("cancelled", cancelled.Status);
        Assert.Equal("cancelled", Assert.Single(Shop.Payments).Status);
        Assert.Equal((0, 0, 100), (Shop.Charges, Shop.Refunds, Shop.StockOf(1)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WayBack_OfADeclinedOrder_ThatFailsFirst_PutsTheStockBackOnce(bool afterEffect)
    {
        Shop.Processing = static () => ("failed", "insufficient_funds");
        Shop.Fail("release", times: 3, afterEffect);
        using var client = _application.CreateClient(_user);

        var id = await PlaceAsync(client, _user);

        var cancelled = await _application.PassTimeUntilAsync(Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id));
        Assert.Equal(("cancelled", "insufficient_funds", 100), (cancelled.Status, cancelled.Reason, Shop.StockOf(1)));
    }

    [Fact]
    public async Task Payment_CancelledByItsUser_CancelsTheOrder()
    {
        Shop.Fail("process", times: 2);
        using var client = _application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await _application.SeeSagaAsync(id, static saga => saga.GetProperty("attempts").GetInt32() > 0);
        Shop.Processing = static () => ("cancelled", null);

        var cancelled = await _application.PassTimeUntilAsync(Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id));

        Assert.Equal(("cancelled", "payment_cancelled", 100), (cancelled.Status, cancelled.Reason, Shop.StockOf(1)));
    }

    [Theory]
    [InlineData("refunded", "refunded")]
    [InlineData("partially_refunded", null)]
    public async Task Payment_GivenBackBeforeTheOrderHeardOfIt_IsNotLost(string status, string? end)
    {
        Shop.Processing = () => (status, null);
        using var client = _application.CreateClient(_user);

        var id = await PlaceAsync(client, _user);

        if (end is null)
        {
            await _application.PassTimeUntilAsync(Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id));
            Assert.Equal(98, Shop.StockOf(1));
        }
        else
        {
            var cancelled = await _application.PassTimeUntilAsync(Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id));
            Assert.Equal((end, "payment_refunded", 100), (cancelled.Status, cancelled.Reason, Shop.StockOf(1)));
        }
    }

    [Fact]
    public async Task Reservation_ThatRanOutWhilePaying_IsTakenAgain()
    {
        var held = Shop.Hold("process", afterEffect: true);
        using var client = _application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await held.Reached.WithinAsync();
        Shop.Expire();
        Assert.Equal(100, Shop.StockOf(1));

        held.Release();

        await Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        Assert.Equal(98, Shop.StockOf(1));
    }
}
