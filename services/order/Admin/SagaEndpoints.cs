using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>The sagas' routes, for admins alone.</summary>
internal static class SagaEndpoints
{
    public static void MapSagas(this IEndpointRouteBuilder routes)
    {
        var sagas = routes.MapGroup("/admin/sagas").WithTags("Sagas").RequireAuthorization(Policies.Admin);
        sagas.MapGet("/", List).Validate<PageRequest>().Describe("Sagas that are not done, or those in one state");
        sagas.MapGet("/{orderId}", Get).Describe("The saga of one order");
        sagas.MapPost("/{orderId}/resume", Resume).Describe("Tries the present step of a saga at once", StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Page<SagaResponse>>, ProblemHttpResult>> List(
        [AsParameters] PageRequest page, string? state, SagaDesk desk, CancellationToken cancellationToken)
    {
        if (state is null)
        {
            return TypedResults.Ok(await desk.ListAsync(null, page, cancellationToken));
        }

        return Stored.TryParse<SagaProgress>(state, out var wanted)
            ? TypedResults.Ok(await desk.ListAsync(wanted, page, cancellationToken))
            : Problems.Validation("state", $"The state {state} is none of {string.Join(", ", Enum.GetValues<SagaProgress>().Select(Stored.Name))}.");
    }

    private static Task<Results<Ok<SagaResponse>, ProblemHttpResult>> Get(string orderId, SagaDesk desk, CancellationToken cancellationToken)
        => desk.GetAsync(orderId, cancellationToken);

    private static Task<Results<Accepted<SagaResponse>, ProblemHttpResult>> Resume(
        string orderId, SagaDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
        => desk.ResumeAsync(orderId, user, cancellationToken);
}
