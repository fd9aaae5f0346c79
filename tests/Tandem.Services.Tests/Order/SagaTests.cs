using System.Net;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using static Tandem.Services.Tests.Orders.OrderApplication;

namespace Tandem.Services.Tests.Orders;

[Trait("Storage", "Relational")]
public sealed class SagaTests : IAsyncLifetime
{
    private readonly OrderApplication _application = new();
    private readonly string _user = Ids.New();

    public Task InitializeAsync() => _application.StartAsync();

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task Order_GoingWell_IsPaidWithStockTakenOnce()
    {
        using var client = _application.CreateClient(_user);

        var id = await PlaceAsync(client, _user);

        var paid = await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        Assert.Equal(20m, paid.Total);
        Assert.Equal("Product 1", Assert.Single(paid.Items).Name);
        var order = await GetAsync(client, $"/orders/{id}");
        Assert.Equal(["pending", "reserved", "paid"], History(order));
        Assert.Equal(98, _application.Shop.StockOf(1));
        Assert.Equal(1, _application.Shop.Charges);
        Assert.Equal(1, _application.Shop.CheckedOut);
        Assert.Equal(Assert.Single(_application.Shop.Payments).Id, order.GetProperty("paymentId").GetString());
        Assert.Equal(["OrderCreated", "OrderReserved", "OrderPaid"], _application.Sidecar.Published.Select(static e => e.Type));
        Assert.Equal(3, _application.Sidecar.Published.Select(static e => e.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("reserve", false)]
    [InlineData("reserve", true)]
    [InlineData("create", false)]
    [InlineData("create", true)]
    [InlineData("process", false)]
    [InlineData("process", true)]
    [InlineData("commit", false)]
    [InlineData("commit", true)]
    [InlineData("checkout", false)]
    [InlineData("checkout", true)]
    public async Task Order_WhoseStepFailsForAWhile_IsPaidOnceAllTheSame(string operation, bool afterEffect)
    {
        _application.Shop.Fail(operation, times: 3, afterEffect);
        using var client = _application.CreateClient(_user);

        var id = await PlaceAsync(client, _user);

        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        Assert.Equal(["pending", "reserved", "paid"], History(await GetAsync(client, $"/orders/{id}")));
        Assert.Equal(98, _application.Shop.StockOf(1));
        Assert.Equal(1, _application.Shop.Charges);
        Assert.Equal(0, _application.Shop.Refunds);
        Assert.Single(_application.Shop.Payments);
        Assert.Single(_application.Sidecar.PublishedOf<OrderPaid>());
    }

    [Theory]
    [InlineData("reserve", "release")]
    [InlineData("create", "find")]
    [InlineData("process", "refund")]
    [InlineData("commit", "release")]
    public async Task Cancel_AfterAStepWhoseAnswerWasLost_TakesEverythingBack(string lost, string failing)
    {
        _application.Shop.Fail(lost, afterEffect: true);
        _application.Shop.Fail(failing, times: 2, afterEffect: true);
        using var client = _application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await _application.Sidecar.WaitUntilAsync(
            () => _application.Sidecar.Invoked.Any(request => request.Path.EndsWith(PathOf(lost), StringComparison.Ordinal) && request.Method == "POST"), lost);

        using var response = await client.PostAsync(new Uri($"/orders/{id}/cancel", UriKind.Relative), null);

        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        var cancelled = await _application.Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id);
        var isPaid = lost is "process" or "commit";
        Assert.Equal(isPaid ? "refunded" : "cancelled", cancelled.Status);
        Assert.Equal(100, _application.Shop.StockOf(1));
        Assert.Equal(isPaid ? 1 : 0, _application.Shop.Refunds);
        Assert.DoesNotContain(_application.Shop.Payments, static payment => payment.Status is "completed" or "pending");
        Assert.Single(_application.Sidecar.PublishedOf<OrderCancelled>());
    }

    [Fact]
    public async Task Order_WithDeclinedPayment_IsCancelledWithTheStockBack()
    {
        _application.Shop.Processing = static () => ("failed", "card_declined");
        using var client = _application.CreateClient(_user);

        var id = await PlaceAsync(client, _user, "tok_declined");

        var cancelled = await _application.Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id);
        Assert.Equal(("cancelled", "card_declined"), (cancelled.Status, cancelled.Reason));
        Assert.Equal(100, _application.Shop.StockOf(1));
        Assert.Equal(["pending", "reserved", "cancelled"], History(await GetAsync(client, $"/orders/{id}")));
        await PostAsync(client, $"/orders/{id}/cancel", null, HttpStatusCode.Conflict);
        Assert.Equal(0, _application.Shop.CheckedOut);
    }

    [Fact]
    public async Task Order_WhosePaymentIsNotAccepted_IsCancelledWithTheStockBack()
    {
        using var client = _application.CreateClient(_user);

        var id = await PlaceAsync(client, _user, "tok_refused");

        var cancelled = await _application.Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id);
        Assert.Equal("The token is not accepted.", cancelled.Reason);
        Assert.Equal(100, _application.Shop.StockOf(1));
    }

    [Fact]
    public async Task Order_BeyondTheStock_IsRejectedWithoutAPayment()
    {
        _application.Shop.SetStock(2, 1);
        using var client = _application.CreateClient(_user);

        var id = await PlaceAsync(client, _user, "tok_visa", (1, 1), (2, 2));

        var rejected = await _application.Sidecar.WaitForAsync<OrderRejected>(e => e.OrderId == id);
        Assert.Equal("Too little of product 2.", rejected.Reason);
        Assert.Empty(_application.Shop.Payments);
        Assert.Equal(100, _application.Shop.StockOf(1));
        Assert.Equal(["pending", "rejected"], History(await GetAsync(client, $"/orders/{id}")));
    }

    [Fact]
    public async Task Order_WhoseReservationRanOut_TakesTheStockAgain()
    {
        _application.Shop.OnCall = operation =>
        {
            if (operation == "process")
            {
                _application.Shop.Expire();
            }
        };
        using var client = _application.CreateClient(_user);

        var id = await PlaceAsync(client, _user);

        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        Assert.Equal(98, _application.Shop.StockOf(1));
    }

    [Fact]
    public async Task Order_WhoseGoodsWentMeanwhile_IsRefunded()
    {
        _application.Shop.OnCall = operation =>
        {
            if (operation == "process")
            {
                _application.Shop.Expire();
                _application.Shop.SetStock(1, 0);
            }
        };
        using var client = _application.CreateClient(_user);

        var id = await PlaceAsync(client, _user);

        var cancelled = await _application.Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id);
        Assert.Equal(("refunded", "Too little of product 1."), (cancelled.Status, cancelled.Reason));
        Assert.Equal(1, _application.Shop.Refunds);
    }

    [Fact]
    public async Task Cancel_OfPaidOrder_RefundsAndPutsStockBack()
    {
        using var client = _application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);

        var order = await PostAsync(client, $"/orders/{id}/cancel", new { reason = "too late" }, HttpStatusCode.OK);

        Assert.Equal("refunded", order.GetProperty("status").GetString());
        Assert.Equal(["pending", "reserved", "paid", "cancelled", "refunded"], History(order));
        Assert.Equal(100, _application.Shop.StockOf(1));
        Assert.Equal(1, _application.Shop.Refunds);
        Assert.Equal("too late", (await _application.Sidecar.WaitForAsync<OrderCancelled>()).Reason);
    }

    [Fact]
    public async Task Cancels_RacingWithTheSaga_LeaveNothingHalfDone()
    {
        using var client = _application.CreateClient(_user);

        for (var round = 0; round < 15; round++)
        {
            var id = await PlaceAsync(client, _user);
            await Task.WhenAll(Enumerable.Range(0, 1 + (round % 3)).Select(async _ =>
            {
                using var response = await client.PostAsync(new Uri($"/orders/{id}/cancel", UriKind.Relative), null);
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted or HttpStatusCode.Conflict);
            }));
            await _application.Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id);
        }

        Assert.Equal(100, _application.Shop.StockOf(1));
        Assert.Equal(_application.Shop.Charges, _application.Shop.Refunds);
        Assert.Equal(15, _application.Sidecar.PublishedOf<OrderCancelled>().Count);
    }

    [Fact]
    public async Task Orders_ManyAtOnceForTooLittle_SellExactlyWhatIsThere()
    {
        _application.Shop.SetStock(1, 25);
        using var client = _application.CreateClient(_user);

        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => PlaceAsync(client, _user, "tok_visa", (1, 1))));
        await _application.Sidecar.WaitUntilAsync(
            () => _application.Sidecar.Published.Count(static e => e.Type is "OrderPaid" or "OrderRejected") == ids.Length, "the end of all orders");

        Assert.Equal(25, _application.Sidecar.PublishedOf<OrderPaid>().Count);
        Assert.Equal(15, _application.Sidecar.PublishedOf<OrderRejected>().Count);
        Assert.Equal(0, _application.Shop.StockOf(1));
        Assert.Equal(25, _application.Shop.Charges);
    }

    private static string PathOf(string operation) => operation switch
    {
        "reserve" => "/reservations",
        "create" => "/payments",
        _ => "/" + operation,
    };
}
