using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>The windows, for admins.</summary>
internal static class WindowEndpoints
{
    public static IEndpointRouteBuilder MapWindows(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/analytics/windows", List)
            .WithTags("Analytics").RequireAuthorization(Policies.Admin).Validate<WindowRange>().Validate<PageRequest>()
            .Describe("Windows of one minute that begin at from or later, and before to; the newest first");
        return routes;
    }

    private static async Task<Ok<Page<WindowResponse>>> List(
        [AsParameters] WindowRange range, [AsParameters] PageRequest page, WindowStore windows, CancellationToken cancellationToken)
    {
        var found = await windows.ListAsync(range.FromTime, range.ToTime, page, cancellationToken);
        return TypedResults.Ok(found.Select(WindowResponse.From));
    }
}
