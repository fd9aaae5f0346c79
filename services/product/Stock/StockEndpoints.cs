using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Product.Catalog;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Stock;

/// <summary>Stock as admins see to it.</summary>
internal static class StockEndpoints
{
    public static IServiceCollection AddStock(this IServiceCollection services) => services
        .AddSingleton<StockMetrics>()
        .AddHostedService(static provider => provider.GetRequiredService<StockMetrics>())
        .AddSingleton<StockLedger>()
        .AddSingleton<IValidator<StockRequest>, StockRequest.Validator>();

    public static void MapStock(this IEndpointRouteBuilder routes)
        => routes.MapPut("/products/{id:int}/stock", UpdateAsync)
            .WithTags("Stock")
            .RequireAuthorization(Policies.Admin)
            .Validate<StockRequest>()
            .Describe("Says how much there is of a product, or how much more or less", StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<ProductResponse>, ProblemHttpResult>> UpdateAsync(
        int id, StockRequest request, StockLedger ledger, CatalogStore catalog, Database database, CancellationToken cancellationToken)
    {
        var change = await database.WriteAsync(
            tx => request.Quantity is { } quantity
                ? ledger.SetAsync(tx, id, quantity, cancellationToken)
                : ledger.TryChangeAsync(tx, id, request.Delta!.Value, cancellationToken),
            cancellationToken);
        if (await catalog.FindAsync(id, cancellationToken) is not { } product)
        {
            return Problems.NotFound("Product", id);
        }

        return change is null
            ? Problems.Conflict($"The stock of {product.Name} is {product.Stock}; it cannot change by {request.Delta}.")
            : TypedResults.Ok(ProductResponse.From(product));
    }
}
