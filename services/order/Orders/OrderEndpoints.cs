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
        orders.MapPost("/", Create).Validate<CreateOrderRequest>().WithIdempotencyKey()
            .Describe("Orders these items or, without any, what lies in the user's basket", StatusCodes.Status409Conflict);
        orders.MapGet("/", List).Validate<PageRequest>().Describe("Orders, the newest first");
        orders.MapGet("/{id}", Get).Describe("An order");
        orders.MapGet("/{id}/events", Events)
            .Describe("Every status of an order as server-sent events; 204 when it has ended and the client has heard all");
        orders.MapPost("/{id}/cancel", Cancel).Validate<CancelOrderRequest>()
            .Describe("Cancels an order that has not left; money and stock go back", StatusCodes.Status409Conflict);
        routes.MapGet("/users/{userId}/orders", ListOfUser)
            .Validate<PageRequest>().WithTags("Orders").RequireAuthorization(Policies.UserOrService).Describe("A user's orders, the newest first");
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

    private static async Task<Results<ServerSentEventsResult<StatusEvent?>, NoContent, ProblemHttpResult>> Events(
        string id,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        OrderDesk desk,
        OrderStream stream,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        var (order, problem) = await desk.FindAsync(id, user, cancellationToken);
        if (order is null)
        {
            return problem!;
        }

        // By its specification that is how an EventSource learns not to come back.
        var next = OrderStream.NextOf(order, lastEventId);
        return order.IsFinal && next >= order.History.Count
            ? TypedResults.NoContent()
            : TypedResults.ServerSentEvents(stream.ReadAsync(order, next, cancellationToken));
    }

    private static Task<Results<Ok<OrderResponse>, Accepted<OrderResponse>, ProblemHttpResult>> Cancel(
        string id,
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] CancelOrderRequest? request,
        OrderDesk desk,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
        => desk.CancelAsync(id, request, user, cancellationToken);
}
