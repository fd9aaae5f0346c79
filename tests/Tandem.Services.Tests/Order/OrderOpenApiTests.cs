using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Orders;

public sealed class OrderOpenApiTests(OrderApplication application) : IClassFixture<OrderApplication>
{
    [Fact]
    public async Task Document_HasEveryRouteWithItsStatuses()
    {
        using var client = application.CreateAnonymousClient();

        var document = await OpenApiText.ReadAsync(client);

        Assert.Equal(
            [
                "GET /admin/sagas 200 400 401 403 503",
                "GET /admin/sagas/{orderId} 200 401 403 404 503",
                "POST /admin/sagas/{orderId}/resume 202 401 403 404 409 503",
                "GET /orders 200 400 401 403 503",
                "POST /orders 202 400 401 403 409 422 503",
                "GET /orders/{id} 200 401 403 404 503",
                "POST /orders/{id}/cancel 200 202 400 401 403 404 409 503",
                "GET /orders/{id}/events 200 204 401 403 404 503",
                "GET /users/{userId}/orders 200 400 401 403 404 503",
            ],
            OpenApiText.OperationsOf(document));
        var create = OpenApiText.Operation(document, "post", "/orders");
        Assert.Contains(create.GetProperty("parameters").EnumerateArray(), static parameter => parameter.Text("name") == "Idempotency-Key");
        Assert.True(create.GetProperty("responses").GetProperty("202").GetProperty("headers").TryGetProperty("Idempotency-Replayed", out _));
        Assert.True(create.GetProperty("security")[0].TryGetProperty("bearer", out _));
        var events = OpenApiText.Operation(document, "get", "/orders/{id}/events");
        Assert.True(events.GetProperty("responses").GetProperty("200").GetProperty("content").TryGetProperty("text/event-stream", out _));
        var status = document.GetProperty("components").GetProperty("schemas").GetProperty("OrderStatus");
        Assert.Equal(
            ["pending", "reserved", "paid", "shipped", "delivered", "rejected", "cancelled", "refunded"],
            status.GetProperty("enum").EnumerateArray().Select(static value => value.GetString()!));
    }
}
