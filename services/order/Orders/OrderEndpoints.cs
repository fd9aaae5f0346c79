using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>The orders' routes.</summary>
internal static class OrderEndpoints
{
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/orders").WithTags("Orders").RequireAuthorization(Policies.UserOrService);
        orders.MapPost("/", Create).Validate<CreateOrderRequest>().WithIdempotencyKey();
        orders.MapGet("/", List).Validate<PageRequest>();
        orders.MapGet("/{id}", Get);
        orders.MapGet("/{id}/events", Events);
        orders.MapPost("/{id}/cancel", Cancel).Validate<CancelOrderRequest>();
        routes.MapGet("/users/{userId}/orders", ListOfUser)
            .Validate<PageRequest>().WithTags("Orders").RequireAuthorization(Policies.UserOrService);
    }

    private static Task<Results<Accepted<OrderResponse>, ProblemHttpResult>> Create(
        CreateOrderRequest request, CreateOrder handler, ClaimsPrincipal user, CancellationToken cancellationToken)
        => handler.HandleAsync(request, user, cancellationToken);

    private static async Task<Results<Ok<Page<OrderResponse>>, ProblemHttpResult>> List(
        [AsParameters] PageRequest page, string? userId, string? status, OrderDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        OrderStatus? wanted = null;
        if (status is not null)
        {
            if (!Stored.TryParse<OrderStatus>(status, out var parsed))
            {
                return Problems.Validation("status", $"The status {status} is not known.");
            }

            wanted = parsed;
        }

        return await desk.ListAsync(new OrderFilter(userId, wanted), page, user, cancellationToken);
    }

    private static async Task<Results<Ok<Page<OrderResponse>>, ProblemHttpResult>> ListOfUser(
        string userId, [AsParameters] PageRequest page, OrderDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
        => Ids.IsValid(userId)
            ? await desk.ListAsync(new OrderFilter(userId, null), page, user, cancellationToken)
            : Problems.NotFound("User", userId);

    private static Task<Results<Ok<OrderResponse>, ProblemHttpResult>> Get(
        string id, OrderDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
        => desk.GetAsync(id, user, cancellationToken);

    private static async Task<Results<ServerSentEventsResult<StatusEvent>, ProblemHttpResult>> Events(
        string id,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        OrderDesk desk,
        OrderStream stream,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        var (order, problem) = await desk.FindAsync(id, user, cancellationToken);
        return order is null ? problem! : TypedResults.ServerSentEvents(stream.ReadAsync(id, lastEventId, cancellationToken));
    }

    private static Task<Results<Ok<OrderResponse>, Accepted<OrderResponse>, ProblemHttpResult>> Cancel(
        string id,
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] CancelOrderRequest? request,
        OrderDesk desk,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
        => desk.CancelAsync(id, request, user, cancellationToken);
}
