using Tandem.Contracts.Grpc.Product.V1;
using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary>Asks by gRPC, which the sidecars proxy.</summary>
internal sealed class GrpcProductCatalog(ProductService.ProductServiceClient products) : IProductCatalog
{
    public async Task<ProductOffer?> FindAsync(int id, CancellationToken cancellationToken)
    {
        var request = new GetProductRequest { Id = id };
        var product = await GrpcServiceCalls.FindAsync("GetProduct of product", options => products.GetProductAsync(request, options), cancellationToken);
        return product is null
            ? null
            : new ProductOffer(product.Id, product.Name, product.Category, product.Price.ToAmount(), product.Price.Currency, product.StockQuantity);
    }
}
