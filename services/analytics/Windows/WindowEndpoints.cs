using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>The windows, for admins.</summary>
internal static class WindowEndpoints
{
    public static IEndpointRouteBuilder MapWindows(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/analytics/windows", List).WithTags("Analytics").RequireAuthorization(Policies.Admin).Validate<PageRequest>();
        return routes;
    }

    private static async Task<Results<Ok<Page<WindowResponse>>, ProblemHttpResult>> List(
        DateTimeOffset? from, DateTimeOffset? to, [AsParameters] PageRequest page, WindowStore windows, CancellationToken cancellationToken)
    {
        if (from >= to)
        {
            return Problems.Validation("to", "Must be after from.");
        }

        var found = await windows.ListAsync(from, to, page, cancellationToken);
        return TypedResults.Ok(found.Select(WindowResponse.From));
    }
}
