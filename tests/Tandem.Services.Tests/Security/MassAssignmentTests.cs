using System.Net;
using System.Text.Json;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Orders;
using Tandem.Services.Tests.Payments;
using Tandem.Services.Tests.Product;

namespace Tandem.Services.Tests.Security;

/// <summary>What a request says beyond what it may say has no effect.</summary>
[Collection(nameof(SecuredMesh))]
public sealed class MassAssignmentTests(SecuredMesh mesh)
{
    private static readonly string[] Admins = ["admin"];

    [Fact]
    public async Task Profile_WithRolesIdAndAddress_ChangesNameAlone()
    {
        var service = mesh["identity"];
        using var stranger = service.ClientOf(service.StrangerToken);
        var before = await stranger.GetAsync("/users/me", HttpStatusCode.OK);

        await stranger.PutAsync(
            "/users/me",
            new { name = "Mallory", id = service.Owner, email = "other@example.com", role = "admin", roles = Admins, passwordHash = "x", createdAt = "2000-01-01T00:00:00Z" },
            HttpStatusCode.OK);

        var after = await stranger.GetAsync("/users/me", HttpStatusCode.OK);
        Assert.Equal("Mallory", after.Text("name"));
        Assert.Equal((before.Text("id"), before.Text("email")), (after.Text("id"), after.Text("email")));
        Assert.Equal(["customer"], after.GetProperty("roles").EnumerateArray().Select(static role => role.GetString()));
        await stranger.GetAsync($"/users/{service.Owner}", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Order_WithPriceTotalAndStatus_CostsWhatProductSays()
    {
        await using var application = new OrderApplication();
        await application.StartAsync();
        var userId = Ids.New();
        using var client = application.CreateClient(userId);
        var honest = await application.PlacedAsync(client, OrderApplication.Request(userId, items: (1, 2)));
        var body = OrderApplication.Request(userId, items: (1, 2));
        body["total"] = 0.01;
        body["status"] = "paid";
        body["paymentId"] = Ids.New();
        body["id"] = Ids.New();
        body["items"] = new[] { new { productId = 1, quantity = 2, price = 0.01, subtotal = 0.02, name = "Cheap" } };

        var order = await application.PlacedAsync(client, body);

        Assert.Equal(honest.GetProperty("total").GetDecimal(), order.GetProperty("total").GetDecimal());
        Assert.NotEqual(body["id"], order.Text("id"));
        Assert.NotEqual("Cheap", order.GetProperty("items")[0].Text("name"));
        Assert.Equal("pending", order.GetProperty("history")[0].Text("status"));
    }

    [Fact]
    public async Task Payment_WithStatusProviderAndId_IsPendingAsAnyOther()
    {
        var service = mesh["payment"];
        var userId = Ids.New();
        using var client = service.ClientOf(TestTokens.Create(userId));

        var payment = await client.PostAsync(
            "/payments",
            new { userId, amount = 5, method = "card", token = "tok_visa", status = "completed", provider = "mine", providerId = "p", id = "x", processedAt = "2020-01-01T00:00:00Z", refundedAmount = -5 },
            HttpStatusCode.Created);

        Assert.Equal("pending", payment.Text("status"));
        Assert.NotEqual("mine", payment.Text("provider"));
        Assert.True(Ids.IsValid(payment.Text("id")));
    }

    [Fact]
    public async Task Basket_WithAPriceInTheLine_CostsWhatProductSays()
    {
        var service = mesh["basket"];
        var userId = Ids.New();
        using var client = service.ClientOf(TestTokens.Create(userId));

        var basket = await client.PostAsync($"/baskets/{userId}/items", new { productId = 1, quantity = 2, price = 0.01, name = "Cheap", total = 0, userId = service.Owner }, HttpStatusCode.OK);

        Assert.Equal(21.00m, basket.GetProperty("total").GetDecimal());
        Assert.Equal(userId, basket.Text("userId"));
    }

    [Fact]
    public async Task Notification_WithStatusAttemptsAndId_BeginsAsAnyOther()
    {
        var service = mesh["notification"];
        using var admin = service.ClientOf(service.AdminToken);
        var userId = Ids.New();

        var notification = await admin.PostAsync(
            "/notifications",
            new { userId, type = "A", channel = "in_app", title = "t", message = "m", status = "read", attempts = 9, id = "x", sentAt = "2000-01-01T00:00:00Z", expiresAt = "2999-01-01T00:00:00Z", eventId = "e" },
            HttpStatusCode.Created);

        Assert.Equal("delivered", notification.Text("status"));
        Assert.Equal(0, notification.GetProperty("attempts").GetInt32());
        Assert.True(Ids.IsValid(notification.Text("id")));
        Assert.True(notification.GetProperty("expiresAt").GetDateTimeOffset() < DateTimeOffset.UtcNow.AddDays(2));
    }

    [Fact]
    public async Task Product_WithIdAndTimes_GetsItsOwn()
    {
        await using var application = new ProductApplication();
        await application.StartAsync();
        using var admin = application.CreateAdminClient();

        var product = await admin.PostAsync("/products", new { id = 1, name = "Mine", price = 1, category = "c", createdAt = "2000-01-01T00:00:00Z", reserved = -100 }, HttpStatusCode.Created);

        Assert.NotEqual(1, product.Number("id"));
        Assert.True(product.GetProperty("createdAt").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddDays(-1));
        Assert.Equal(0, product.Number("stockQuantity"));
    }

    [Theory]
    [InlineData("orderId")]
    [InlineData("basketId")]
    public async Task Payment_OfAnothersOrderOrBasket_IsRefused(string field)
    {
        await using var application = new PaymentApplication();
        var (userId, owner) = (Ids.New(), Ids.New());
        application.Sidecar.Answer("order", _ => InvokedAnswer.Json(new { id = owner, userId = owner, status = "pending", total = 10, currency = "USD", items = Array.Empty<object>() }));
        application.Sidecar.Answer("basket", _ => InvokedAnswer.Json(new { id = owner, userId = owner, total = 10, currency = "USD", items = new[] { new { productId = 1, quantity = 1 } } }));
        await application.StartAsync();
        using var client = application.CreateClient(userId);
        var body = new Dictionary<string, object> { ["userId"] = userId, ["method"] = "card", ["token"] = "tok_visa", [field] = owner };

        await client.PostAsync("/payments", body, HttpStatusCode.NotFound);

        var mine = await client.GetAsync("/payments", HttpStatusCode.OK);
        Assert.Equal(0, mine.Number("total"));
    }
}

internal static class OrderPlacing
{
    public static async Task<JsonElement> PlacedAsync(this OrderApplication application, HttpClient client, object body)
    {
        using var response = await client.PostAsync("/orders", body);
        return await OrderApplication.ReadAsync(response, HttpStatusCode.Accepted);
    }
}
