using System.Net;
using System.Text.Json;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Orders.OrderApplication;

namespace Tandem.Services.Tests.Orders;

/// <summary>What CONTRACT.md says of orders, and of errors, that no other test holds.</summary>
public sealed class OrderContractTests(OrderApplication application) : IClassFixture<OrderApplication>
{
    private readonly string _user = Ids.New();

    [Fact]
    public async Task Order_HasItsFields()
    {
        using var client = application.CreateClient(_user);

        var order = await GetAsync(client, $"/orders/{await PlaceAsync(client, _user, "tok_visa", (1, 2))}");

        Assert.Equal(
            ["id", "userId", "items", "total", "currency", "status", "shippingAddress", "paymentId", "trackingNumber", "history", "createdAt", "updatedAt"],
            order.EnumerateObject().Select(static field => field.Name));
        Assert.Equal(["name", "street", "city", "state", "zip", "country"], order.GetProperty("shippingAddress").EnumerateObject().Select(static field => field.Name));
        Assert.Equal(["status", "at", "reason"], order.GetProperty("history")[0].EnumerateObject().Select(static field => field.Name));
        Assert.Equal(["productId", "name", "price", "quantity", "subtotal"], order.GetProperty("items")[0].EnumerateObject().Select(static field => field.Name));
    }

    [Fact]
    public async Task Create_WithoutItems_OrdersTheBasketAtTodaysPrices()
    {
        using var client = application.CreateClient(_user);

        var order = await GetAsync(client, $"/orders/{await PlaceAsync(client, _user)}");

        var line = Assert.Single(order.GetProperty("items").EnumerateArray());
        Assert.Equal(("Product 1", 10m, 2), (line.Text("name"), line.GetProperty("price").GetDecimal(), line.Number("quantity")));
    }

    [Fact]
    public async Task IdempotencyKeys_OfOrders_HoldToTheRules()
    {
        var otherUser = Ids.New();
        using var client = application.CreateClient(_user);
        using var other = application.CreateClient(otherUser);

        await IdempotencyRules.HoldAsync(
            client, other, "/orders", Request(_user, "tok_visa", (1, 1)), Request(_user, "tok_visa", (1, 2)), "/orders", Request(otherUser, "tok_visa", (1, 1)), HttpStatusCode.Accepted);

        Assert.Equal(1, (await GetAsync(client, "/orders")).Number("total"));
    }

    [Fact]
    public async Task List_ByAdminsAndServices_IsOfAnyUser()
    {
        using var client = application.CreateClient(_user);
        using var admin = application.CreateAdminClient();
        using var service = application.CreateServiceClient("payment");
        var id = await PlaceAsync(client, _user);

        foreach (var caller in (HttpClient[])[admin, service])
        {
            Assert.Equal(id, (await GetAsync(caller, $"/orders?userId={_user}")).GetProperty("items")[0].Text("id"));
            Assert.Equal(1, (await GetAsync(caller, $"/users/{_user}/orders")).Number("total"));
            Assert.True((await GetAsync(caller, "/orders")).Number("total") >= 1);
        }

        var malformed = await GetAsync(admin, "/orders?userId=me", HttpStatusCode.BadRequest);
        Assert.True(malformed.GetProperty("errors").TryGetProperty("userId", out _));
        await GetAsync(admin, "/users/me/orders", HttpStatusCode.NotFound);
        Assert.Equal(0, (await GetAsync(admin, $"/users/{Ids.New()}/orders")).Number("total"));
    }

    [Fact]
    public async Task Problems_OfEachKind_HaveAllTheirMembers()
    {
        using var client = application.CreateClient(_user);
        using var nobody = application.CreateAnonymousClient();
        using var text = new StringContent("hello", null, "text/plain");
        using var broken = new StringContent("{", null, "application/json");

        Check(400, "/orders", await PostAsync(client, "/orders", new { }, HttpStatusCode.BadRequest));
        Check(400, "/orders", await (await client.PostAsync(Http.At("/orders"), broken)).ReadAsync(HttpStatusCode.BadRequest));
        Check(401, "/orders", await GetAsync(nobody, "/orders", HttpStatusCode.Unauthorized));
        Check(403, "/admin/sagas", await GetAsync(client, "/admin/sagas", HttpStatusCode.Forbidden));
        Check(404, "/orders/abc", await GetAsync(client, "/orders/abc", HttpStatusCode.NotFound));
        Check(404, "/nowhere", await GetAsync(client, "/nowhere", HttpStatusCode.NotFound));
        Check(405, "/orders", await client.DeleteAsync("/orders", HttpStatusCode.MethodNotAllowed));
        Check(415, "/orders", await (await client.PostAsync(Http.At("/orders"), text)).ReadAsync(HttpStatusCode.UnsupportedMediaType));

        static void Check(int status, string path, JsonElement problem)
        {
            Assert.StartsWith("https://", problem.Text("type"), StringComparison.Ordinal);
            Assert.NotEmpty(problem.Text("title"));
            Assert.Equal(status, problem.Number("status"));
            Assert.NotEmpty(problem.Text("detail"));
            Assert.Equal(path, problem.Text("instance"));
            Assert.NotEmpty(problem.Text("traceId"));
        }
    }

    [Fact]
    public async Task Metrics_AndDocument_AreThereForAnybody()
    {
        using var nobody = application.CreateAnonymousClient();

        foreach (var path in (string[])["/health", "/health/ready", "/health/live", "/metrics", "/openapi/v1.json"])
        {
            using var response = await nobody.GetAsync(Http.At(path));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Cancel_WithAReasonThatIsTooLong_Is400_AndWithoutABodyFine()
    {
        using var client = application.CreateClient(_user);
        var id = await PlaceAsync(client, _user);
        await application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);

        await PostAsync(client, $"/orders/{id}/cancel", new { reason = new string('x', 501) }, HttpStatusCode.BadRequest);
        using var response = await client.PostAsync(Http.At($"/orders/{id}/cancel"), null);

        Assert.Equal("cancelled_by_customer", (await response.ReadAsync(HttpStatusCode.OK)).GetProperty("history").EnumerateArray().Last().Text("reason"));
    }
}
