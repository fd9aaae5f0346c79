namespace Tandem.Basket;

/// <summary>A product as the basket needs to know it, asked for just before the change.</summary>
public sealed record ProductOffer(int Id, string Name, string Category, decimal Price, string Currency, int StockQuantity);

/// <summary>A change of one line.</summary>
public sealed record LineChange(ProductOffer Product, int Quantity, KeyedRequest? Key = null);

/// <summary>The making of a basket.</summary>
public sealed record Creation(KeyedRequest? Key = null);

/// <summary>An idempotency key and what is asked with it.</summary>
public sealed record KeyedRequest(string Id, string Request);

/// <summary>The answer that a key had, if it had one.</summary>
public sealed record Remembered(BasketAnswer? Answer);

/// <summary>What an order has of one product.</summary>
public sealed record OrderedItem(int ProductId, int Quantity);

/// <summary>An order that was paid: its goods leave the basket.</summary>
public sealed record CheckOut(string OrderId, IReadOnlyList<OrderedItem> Items);
