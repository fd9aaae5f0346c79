namespace Tandem.EndToEnd.Tests.Shop;

internal sealed record User(string Id, string Email, string Name);

internal sealed record Login(string AccessToken, User User);

internal sealed record Product(int Id, string Name, decimal Price, int StockQuantity);

internal sealed record BasketItem(int ProductId, int Quantity);

internal sealed record Basket(IReadOnlyList<BasketItem> Items, decimal Total);

internal sealed record OrderItem(int ProductId, int Quantity);

internal sealed record OrderStep(string Status, string? Reason);

internal sealed record Order(string Id, string UserId, string Status, IReadOnlyList<OrderItem> Items, IReadOnlyList<OrderStep> History, string? PaymentId);

internal sealed record Notification(string Id, string Type, string Channel, string Status, System.Text.Json.JsonElement Data)
{
    public string? OrderId => Data.ValueKind == System.Text.Json.JsonValueKind.Object && Data.TryGetProperty("orderId", out var id) ? id.GetString() : null;
}

internal sealed record Paged<T>(IReadOnlyList<T> Items, int Total);

internal sealed record DeadLetter(string Id, string? EventId, string? Type, string Topic, string Status, int Deaths, int Retries, System.Text.Json.JsonElement Data);
