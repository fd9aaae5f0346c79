using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>
/// What is done with orders when somebody asks, by HTTP or by gRPC, and who may: the order's user, admins and other services. Requests are
/// validated before they come here. How an order is placed: <see cref="CreateOrder"/>.
/// </summary>
internal sealed class OrderDesk(OrderStore store, CancelOrder cancellation)
{
    private const string What = "Order";

    /// <summary>The orders of one user, or of all for those who may see all; whoever may not sees their own without having to say so.</summary>
    public async Task<Results<Ok<Page<OrderResponse>>, ProblemHttpResult>> ListAsync(
        OrderFilter filter, PageRequest page, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (filter.UserId is { } id && !Ids.IsValid(id))
        {
            return Problems.Validation("userId", "This is not the id of a user.");
        }

        var owner = filter.UserId ?? (user.IsAdmin() || user.IsService() ? null : user.UserId());
        if (owner is not null && !user.CanActFor(owner))
        {
            return Problems.Forbidden("These are the orders of another user.");
        }

        var found = await store.ListAsync(filter with { UserId = owner }, page, cancellationToken);
        return TypedResults.Ok(found.Select(OrderResponse.From));
    }

    public async Task<Results<Ok<OrderResponse>, ProblemHttpResult>> GetAsync(string id, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (order, problem) = await FindAsync(id, user, cancellationToken);
        return order is null ? problem! : TypedResults.Ok(OrderResponse.From(order));
    }

    public async Task<Results<Ok<OrderResponse>, Accepted<OrderResponse>, ProblemHttpResult>> CancelAsync(
        string id, CancelOrderRequest? request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (order, problem) = await FindAsync(id, user, cancellationToken);
        if (order is null)
        {
            return problem!;
        }

        return await cancellation.HandleAsync(id, request?.Reason, cancellationToken) switch
        {
            null => Problems.NotFound(What, id),
            { Refusal: { } refusal } => Problems.Conflict(refusal),
            { Order: { IsFinal: true } ended } => TypedResults.Ok(OrderResponse.From(ended)),
            { Order: { } going } => TypedResults.Accepted($"/orders/{id}", OrderResponse.From(going)),
        };
    }

    /// <summary>The order, when there is one that this user may see.</summary>
    public async Task<(Order? Order, ProblemHttpResult? Problem)> FindAsync(string id, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (!Ids.IsValid(id) || await store.FindAsync(id, cancellationToken) is not { } order)
        {
            return (null, Problems.NotFound(What, id));
        }

        return user.CanActFor(order.UserId) ? (order, null) : (null, Problems.Forbidden("This is the order of another user."));
    }
}
