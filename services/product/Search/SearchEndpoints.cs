using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tandem.Product.Catalog;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Search;

/// <summary>Search by relevance: names before descriptions, whole words before beginnings, beginnings before typos.</summary>
internal static class SearchEndpoints
{
    private const int LongestQuery = 200;

    public static void MapSearch(this IEndpointRouteBuilder routes)
        => routes.MapGet("/products/search", SearchAsync).WithTags("Products").AllowAnonymous().Validate<PageRequest>()
            .Describe("Products in which the words occur, the best first");

    private static async Task<Results<Ok<Page<ProductResponse>>, ProblemHttpResult>> SearchAsync(
        [FromQuery] string? q, [AsParameters] PageRequest page, CatalogStore catalog, CancellationToken cancellationToken)
    {
        if (q is null || q.Length > LongestQuery || SearchWords.Of(q).Count == 0)
        {
            return Problems.Validation("q", $"Expected words to look for, {LongestQuery} characters at most.");
        }

        var (items, total) = await catalog.SearchAsync(q, page, cancellationToken);
        return TypedResults.Ok(Page<CatalogItem>.Of(items, page, total).Select(ProductResponse.From));
    }
}
