using Google.Protobuf.WellKnownTypes;
using Tandem.ServiceDefaults;
using V1 = Tandem.Contracts.Grpc.Product.V1;

namespace Tandem.Product.Catalog;

/// <summary>The catalogue's requests and answers as gRPC messages.</summary>
internal static class ProductMessages
{
    public static V1.Product ToMessage(this ProductResponse product) => new()
    {
        Id = product.Id,
        Name = product.Name,
        Description = product.Description,
        Price = product.Price.ToMoney(product.Currency),
        StockQuantity = product.StockQuantity,
        Category = product.Category,
        ImageUrl = product.ImageUrl,
        CreatedAt = product.CreatedAt.ToTimestamp(),
        UpdatedAt = product.UpdatedAt.ToTimestamp(),
    };

    public static ProductRequest ToRequest(this V1.CreateProductRequest request) => new(
        request.Name,
        request.Description,
        request.Price.ToAmount("price"),
        request.Price.CurrencyOrNull(),
        request.Category,
        request.StockQuantity,
        request.HasImageUrl ? request.ImageUrl : null);

    public static ProductRequest ToRequest(this V1.UpdateProductRequest request) => new(
        request.Name,
        request.Description,
        request.Price.ToAmount("price"),
        request.Price.CurrencyOrNull(),
        request.Category,
        request.HasStockQuantity ? request.StockQuantity : null,
        request.HasImageUrl ? request.ImageUrl : null);

    public static ProductQuery ToQuery(this V1.GetProductsRequest request) => new()
    {
        Category = request.HasCategory ? request.Category : null,
        Search = request.HasSearch ? request.Search : null,
        MinPrice = request.MinPrice.ToAmount("min_price"),
        MaxPrice = request.MaxPrice.ToAmount("max_price"),
        Sort = request.HasSort ? request.Sort : null,
    };
}
