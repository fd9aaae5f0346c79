using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Product.Images;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Catalog;

/// <summary>What is done with the catalogue when somebody asks, by HTTP or by gRPC; requests are validated before they come here.</summary>
internal sealed class CatalogDesk(CatalogStore catalog, ImageStore images, Database database)
{
    public async Task<Page<ProductResponse>> ListAsync(ProductQuery query, PageRequest page, CancellationToken cancellationToken)
    {
        var (items, total) = await catalog.ListAsync(query, page, cancellationToken);
        return Page<CatalogItem>.Of(items, page, total).Select(ProductResponse.From);
    }

    public async Task<Results<Ok<ProductResponse>, ProblemHttpResult>> GetAsync(int id, CancellationToken cancellationToken)
        => Answer(id, await catalog.FindAsync(id, cancellationToken));

    /// <summary>Adds a product, and with it, in one transaction, the answer to the request's idempotency key.</summary>
    public async Task<Created<ProductResponse>> CreateAsync(ProductRequest request, Idempotency idempotency, CancellationToken cancellationToken)
    {
        var response = await database.WriteAsync(
            async tx =>
            {
                var created = ProductResponse.From(await catalog.AddAsync(tx, request, cancellationToken));
                await idempotency.RememberAsync(tx, StatusCodes.Status201Created, LocationOf(created), created, cancellationToken);
                return created;
            },
            cancellationToken);
        return TypedResults.Created(LocationOf(response), response);
    }

    public async Task<Results<Ok<ProductResponse>, ProblemHttpResult>> UpdateAsync(int id, ProductRequest request, CancellationToken cancellationToken)
        => Answer(id, await catalog.UpdateAsync(id, request, cancellationToken));

    public async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(int id, CancellationToken cancellationToken)
    {
        var image = await images.FindAsync(id, cancellationToken);
        if (!await catalog.DeleteAsync(id, cancellationToken))
        {
            return Problems.NotFound("Product", id);
        }

        if (image?.File is { } file)
        {
            await images.ForgetAsync(file, CancellationToken.None);
        }

        return TypedResults.NoContent();
    }

    private static Results<Ok<ProductResponse>, ProblemHttpResult> Answer(int id, CatalogItem? product)
        => product is null ? Problems.NotFound("Product", id) : TypedResults.Ok(ProductResponse.From(product));

    private static string LocationOf(ProductResponse product) => $"/products/{product.Id}";
}
