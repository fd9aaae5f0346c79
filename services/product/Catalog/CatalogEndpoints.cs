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
        products.MapGet("/", ListAsync).AllowAnonymous().Validate<ProductQuery>().Validate<PageRequest>();
        products.MapGet("/categories", CategoriesAsync).AllowAnonymous();
        products.MapGet("/{id:int}", GetAsync).AllowAnonymous();
        products.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin).Validate<ProductRequest>().WithIdempotencyKey();
        products.MapPut("/{id:int}", UpdateAsync).RequireAuthorization(Policies.Admin).Validate<ProductRequest>();
        products.MapDelete("/{id:int}", DeleteAsync).RequireAuthorization(Policies.Admin);
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
