using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using static Tandem.Services.Tests.Orders.OrderApplication;

namespace Tandem.Services.Tests.Orders;

public sealed class OrderApiTests(OrderApplication application) : IClassFixture<OrderApplication>
{
    private readonly string _user = Ids.New();

    [Fact]
    public async Task Create_OfItems_Is202WithPricesOfProduct()
    {
        using var client = application.CreateClient(_user);
        using var response = await client.PostAsJsonAsync("/orders", Request(_user, "tok_visa", (1, 1), (2, 2), (1, 1)));

        var order = await ReadAsync(response, HttpStatusCode.Accepted);

        Assert.Equal($"/orders/{order.GetProperty("id").GetString()}", response.Headers.Location?.ToString());
        Assert.Equal("pending", order.GetProperty("status").GetString());
        Assert.Equal(40m, order.GetProperty("total").GetDecimal());
        Assert.Equal("USD", order.GetProperty("currency").GetString());
        Assert.Equal(2, order.GetProperty("items").GetArrayLength());
        Assert.DoesNotContain("tok_visa", order.ToString(), StringComparison.Ordinal);
        await application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == order.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("""{ "userId": "me" }""", "userId")]
    [InlineData("""{ "shippingAddress": null }""", "shippingAddress")]
    [InlineData("""{ "shippingAddress": { "name": "A", "street": "S", "city": "", "zip": "1", "country": "US" } }""", "shippingAddress.city")]
    [InlineData("""{ "paymentMethod": null }""", "paymentMethod")]
    [InlineData("""{ "paymentMethod": { "type": "card", "token": "4242424242424242" } }""", "paymentMethod.token")]
    [InlineData("""{ "items": [] }""", "items")]
    [InlineData("""{ "items": [{ "productId": 1, "quantity": 0 }] }""", "items[0].quantity")]
    [InlineData("""{ "items": [{ "productId": 1, "quantity": 60 }, { "productId": 1, "quantity": 60 }] }""", "items")]
    [InlineData("""{ "items": [{ "productId": 1, "quantity": 1 }, { "productId": 999, "quantity": 1 }] }""", "items[1].productId")]
    public async Task Create_WithBadField_Is400NamingIt(string change, string field)
    {
        using var client = application.CreateClient(_user);
        var body = Request(_user);
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(change)!)
        {
            body[name] = value;
        }

        var problem = await PostAsync(client, "/orders", body, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task Create_OfEmptyBasket_Is409()
    {
        application.Shop.EmptyBasketOf = _user;
        using var client = application.CreateClient(_user);

        await PostAsync(client, "/orders", Request(_user), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Create_WithOneKeyTenTimesAtOnce_MakesOneOrder()
    {
        using var client = application.CreateClient(_user);
        var key = Ids.New();

        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = JsonContent.Create(Request(_user)), Headers = { { "Idempotency-Key", key } } };
            using var response = await client.SendAsync(request);
            return (await ReadAsync(response, HttpStatusCode.Accepted)).GetProperty("id").GetString();
        }));

        Assert.Single(ids.Distinct());
        Assert.Equal(1, (await GetAsync(client, "/orders")).GetProperty("total").GetInt64());
        await application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == ids[0]);
        Assert.Single(application.Sidecar.PublishedOf<OrderCreated>(), e => e.UserId == _user);
    }

    [Fact]
    public async Task EveryRoute_ForAnotherUser_Is403_AndWithoutOne401()
    {
        using var client = application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        using var other = application.CreateClient(Ids.New());
        using var nobody = application.CreateAnonymousClient();

        foreach (var path in (string[])[$"/orders/{id}", $"/orders/{id}/events", $"/users/{_user}/orders", $"/orders?userId={_user}"])
        {
            await GetAsync(other, path, HttpStatusCode.Forbidden);
            await GetAsync(nobody, path, HttpStatusCode.Unauthorized);
        }

        await PostAsync(other, $"/orders/{id}/cancel", null, HttpStatusCode.Forbidden);
        await PostAsync(nobody, $"/orders/{id}/cancel", null, HttpStatusCode.Unauthorized);
        await PostAsync(other, "/orders", Request(_user), HttpStatusCode.Forbidden);
        await PostAsync(nobody, "/orders", Request(_user), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("00000000-0000-7000-8000-000000000000")]
    public async Task Get_OfUnknownOrMalformedId_Is404(string id)
    {
        using var client = application.CreateAdminClient();

        await GetAsync(client, $"/orders/{id}", HttpStatusCode.NotFound);
        await GetAsync(client, $"/orders/{id}/events", HttpStatusCode.NotFound);
        await PostAsync(client, $"/orders/{id}/cancel", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task List_ByStatusAndPage_ShowsWhatFits()
    {
        using var client = application.CreateClient(_user);
        var first = await PlaceAsync(client, _user);
        var second = await PlaceAsync(client, _user);
        await application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == first);
        await application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == second);

        var paid = await GetAsync(client, "/orders?status=paid&pageSize=1");
        var byPath = await GetAsync(client, $"/users/{_user}/orders");

        Assert.Equal(2, paid.GetProperty("total").GetInt64());
        Assert.Equal(second, Assert.Single(paid.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(2, byPath.GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await GetAsync(client, "/orders?status=delivered")).GetProperty("total").GetInt64());
        await GetAsync(client, "/orders?status=nonsense", HttpStatusCode.BadRequest);
        await GetAsync(client, "/orders?pageSize=101", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task ShippingEvents_OnceOrTwice_ShipAndDeliverOnce()
    {
        using var client = application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        var paid = await application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        var shipped = new OrderShipped { OrderId = id, UserId = _user, Total = paid.Total, Currency = paid.Currency, Items = paid.Items, Status = "shipped", TrackingNumber = "T-1" };
        var delivered = new OrderDelivered { OrderId = id, UserId = _user, Total = paid.Total, Currency = paid.Currency, Items = paid.Items, Status = "delivered", TrackingNumber = "T-1" };
        var eventId = Ids.New();

        await application.DeliverAsync(paid);
        await application.DeliverAsync(shipped, eventId);
        await application.DeliverAsync(shipped, eventId);
        await application.DeliverAsync(shipped);
        await PostAsync(client, $"/orders/{id}/cancel", null, HttpStatusCode.Conflict);
        await application.DeliverAsync(delivered);
        await application.DeliverAsync(delivered with { OrderId = Ids.New() });

        var order = await GetAsync(client, $"/orders/{id}");
        Assert.Equal(["pending", "reserved", "paid", "shipped", "delivered"], History(order));
        Assert.Equal("T-1", order.GetProperty("trackingNumber").GetString());
    }

    [Fact]
    public async Task Events_OfAnOrder_TellEachStatusOnceAndEnd()
    {
        using var client = application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        using var response = await client.GetAsync(new Uri($"/orders/{id}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var paid = await application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);

        await application.DeliverAsync(new OrderDelivered { OrderId = id, UserId = _user, Total = paid.Total, Currency = "USD", Items = paid.Items, Status = "delivered", TrackingNumber = "T-2" });
        var text = await response.Content.ReadAsStringAsync().WaitAsync(OrderApplication.Deadline);

        var told = text.Split('\n').Where(static line => line.StartsWith("data:", StringComparison.Ordinal)).Select(static line => JsonSerializer.Deserialize<JsonElement>(line[5..])).ToArray();
        Assert.Equal(["pending", "reserved", "paid", "shipped", "delivered"], told.Select(static status => status.GetProperty("status").GetString()!));
        Assert.Equal("T-2", told[^1].GetProperty("trackingNumber").GetString());

        using var rest = new HttpRequestMessage(HttpMethod.Get, $"/orders/{id}/events") { Headers = { { "Last-Event-ID", "3" } } };
        using var resumed = await client.SendAsync(rest);
        var line = Assert.Single((await resumed.Content.ReadAsStringAsync()).Split('\n'), static line => line.StartsWith("data:", StringComparison.Ordinal));
        Assert.Contains("delivered", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WhileProductIsDown_Is503AndNoOrder()
    {
        await using var lonely = new OrderApplication();
        await lonely.StartAsync();
        lonely.Shop.Fail("product");
        using var client = lonely.CreateClient(_user);

        await PostAsync(client, "/orders", Request(_user), HttpStatusCode.ServiceUnavailable);

        Assert.Equal(0, (await GetAsync(client, "/orders")).GetProperty("total").GetInt64());
    }
}
