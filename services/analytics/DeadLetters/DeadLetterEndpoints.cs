using System.Security.Claims;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>Events that somebody gave up, for admins, who may have them sent again.</summary>
internal static class DeadLetterEndpoints
{
    public static IServiceCollection AddDeadLetters(this IServiceCollection services) => services
        .AddSingleton<DeadLetterStore>()
        .AddSingleton<DeadLetterDesk>()
        .AddSingleton<DeadLetterSender>()
        .AddHostedService(static provider => provider.GetRequiredService<DeadLetterSender>())
        .AddSingleton<IValidator<DeadLetterFilter>, DeadLetterFilter.Validator>();

    public static IEndpointRouteBuilder MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/deadletters").WithTags("Dead letters").RequireAuthorization(Policies.Admin);
        group.MapGet("/", List).Validate<DeadLetterFilter>().Validate<PageRequest>().Describe("Events that somebody gave up, the newest first");
        group.MapGet("/{id}", Get).Describe("A dead letter with all of its data");
        group.MapPost("/{id}/retry", Retry).Describe("Sends a dead letter to its topic again, under the event's own id", StatusCodes.Status409Conflict);
        return routes;
    }

    private static async Task<Ok<Page<DeadLetterResponse>>> List(
        [AsParameters] DeadLetterFilter filter, [AsParameters] PageRequest page, DeadLetterStore letters, CancellationToken cancellationToken)
        => TypedResults.Ok((await letters.ListAsync(filter, page, cancellationToken)).Select(DeadLetterResponse.From));

    private static async Task<Results<Ok<DeadLetterResponse>, ProblemHttpResult>> Get(string id, DeadLetterStore letters, CancellationToken cancellationToken)
        => await letters.FindAsync(id, cancellationToken) is { } letter
            ? TypedResults.Ok(DeadLetterResponse.From(letter))
            : Problems.NotFound("Dead letter", id);

    private static Task<Results<Accepted<DeadLetterResponse>, ProblemHttpResult>> Retry(
        string id, ClaimsPrincipal user, DeadLetterDesk desk, CancellationToken cancellationToken)
        => desk.RetryAsync(id, user.UserId(), cancellationToken);
}
