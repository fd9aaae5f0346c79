using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Catalog;

/// <summary>The catalogue: anyone reads, admins write.</summary>
internal static class CatalogEndpoints
{
    public static IServiceCollection AddCatalog(this IServiceCollection services) => services
        .AddSingleton<CatalogStore>()
        .AddSingleton<CatalogDesk>()
        .AddSingleton<IValidator<ProductRequest>, ProductRequest.Validator>()
        .AddSingleton<IValidator<ProductQuery>, ProductQuery.Validator>();

    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        var products = routes.MapGroup("/products").WithTags("Products");
        products.MapGet("/", ListAsync).AllowAnonymous().Validate<ProductQuery>().Validate<PageRequest>()
            .Describe("Products, narrowed by category, words and price");
        products.MapGet("/categories", CategoriesAsync).AllowAnonymous().Describe("The categories, and how many products each holds");
        products.MapGet("/{id:int}", GetAsync).AllowAnonymous().Describe("A product");
        products.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin).Validate<ProductRequest>().WithIdempotencyKey().Describe("Adds a product");
        products.MapPut("/{id:int}", UpdateAsync).RequireAuthorization(Policies.Admin).Validate<ProductRequest>().Describe("Replaces a product");
        products.MapDelete("/{id:int}", DeleteAsync).RequireAuthorization(Policies.Admin).Describe("Takes a product out of the catalogue");
    }

    private static async Task<Ok<Page<ProductResponse>>> ListAsync(
        [AsParameters] ProductQuery query, [AsParameters] PageRequest page, CatalogDesk desk, CancellationToken cancellationToken)
        => TypedResults.Ok(await desk.ListAsync(query, page, cancellationToken));

    private static async Task<Ok<IReadOnlyList<CategoryResponse>>> CategoriesAsync(CatalogStore catalog, CancellationToken cancellationToken)
        => TypedResults.Ok(await catalog.CategoriesAsync(cancellationToken));

    private static Task<Results<Ok<ProductResponse>, ProblemHttpResult>> GetAsync(int id, CatalogDesk desk, CancellationToken cancellationToken)
        => desk.GetAsync(id, cancellationToken);

    private static Task<Created<ProductResponse>> CreateAsync(
        ProductRequest request, CatalogDesk desk, Idempotency idempotency, CancellationToken cancellationToken)
        => desk.CreateAsync(request, idempotency, cancellationToken);

    private static Task<Results<Ok<ProductResponse>, ProblemHttpResult>> UpdateAsync(
        int id, ProductRequest request, CatalogDesk desk, CancellationToken cancellationToken)
        => desk.UpdateAsync(id, request, cancellationToken);

    private static Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(int id, CatalogDesk desk, CancellationToken cancellationToken)
        => desk.DeleteAsync(id, cancellationToken);
}
