namespace Tandem.Product.Catalog;

/// <summary>A product as clients see it.</summary>
/// <param name="StockQuantity">What can still be sold.</param>
internal sealed record ProductResponse(
    int Id,
    string Name,
    string Description,
    decimal Price,
    string Currency,
    int StockQuantity,
    string Category,
    string ImageUrl,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static ProductResponse From(CatalogItem item) => new(
        item.Id,
        item.Name,
        item.Description,
        Catalog.Price.FromMinor(item.PriceMinor),
        item.Currency,
        item.Stock,
        item.Category,
        item.ImageUrl ?? $"/api/products/{item.Id}/image",
        item.CreatedAt,
        item.UpdatedAt);
}
