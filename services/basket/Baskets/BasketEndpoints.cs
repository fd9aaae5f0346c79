using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary>The baskets' routes.</summary>
internal static class BasketEndpoints
{
    public static void MapBaskets(this IEndpointRouteBuilder routes)
    {
        var baskets = routes.MapGroup("/baskets").WithTags("Baskets").RequireAuthorization(Policies.UserOrService);
        baskets.MapPost("/", Create).Validate<CreateBasketRequest>().HonoursIdempotencyKey()
            .Describe("Makes a user's basket, unless there is one");

        var basket = baskets.MapGroup("/{userId}").AddEndpointFilter<OwnBasketFilter>();
        basket.MapGet("/", Get).Describe("A user's basket, which is empty when there is none");
        basket.MapDelete("/", Delete).Describe("Takes everything out and forgets the basket");
        basket.MapPost("/items", AddItem).Validate<AddItemRequest>().HonoursIdempotencyKey()
            .Describe("Adds some of a product, 99 of one at most", StatusCodes.Status409Conflict);
        basket.MapPut("/items/{productId}", SetQuantity).Validate<SetQuantityRequest>()
            .Describe("Sets the quantity of a line", StatusCodes.Status409Conflict);
        basket.MapDelete("/items/{productId}", RemoveItem).Describe("Takes a line out");
        basket.MapDelete("/items", Clear).Describe("Takes everything out");
        basket.MapPost("/checkout", CheckOut).Validate<CheckOutRequest>().RequireAuthorization(Policies.Service)
            .Describe("Takes out what was ordered; for the order service");
    }

    private static async Task<Results<Created<BasketView>, Ok<BasketView>, ProblemHttpResult>> Create(
        CreateBasketRequest request, BasketDesk desk, HttpContext context, ClaimsPrincipal user)
    {
        if (!user.CanActFor(request.UserId!))
        {
            return Problems.Forbidden("A basket can only be made for oneself.");
        }

        var (key, problem) = RequestKey.Of(context, $"create {request.UserId}");
        return problem is null ? await desk.CreateAsync(request.UserId!, key) : problem;
    }

    private static async Task<Ok<BasketView>> Get(string userId, BasketDesk desk) => TypedResults.Ok(await desk.GetAsync(userId));

    private static async Task<NoContent> Delete(string userId, BasketDesk desk)
    {
        await desk.Of(userId).DeleteAsync();
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<BasketView>, ProblemHttpResult>> AddItem(
        string userId, AddItemRequest request, BasketDesk desk, HttpContext context, CancellationToken cancellationToken)
    {
        var (productId, quantity) = (request.ProductId!.Value, request.Quantity!.Value);
        var (key, problem) = RequestKey.Of(context, BasketDesk.Describe(userId, productId, quantity));
        return problem is null ? await desk.AddAsync(userId, productId, quantity, key, cancellationToken) : problem;
    }

    private static async Task<Results<Ok<BasketView>, ProblemHttpResult>> SetQuantity(
        string userId, string productId, SetQuantityRequest request, BasketDesk desk, CancellationToken cancellationToken)
        => TryReadId(productId, out var id)
            ? await desk.SetQuantityAsync(userId, id, request.Quantity!.Value, cancellationToken)
            : Problems.NotFound("Product", productId);

    private static async Task<Results<Ok<BasketView>, ProblemHttpResult>> RemoveItem(string userId, string productId, BasketDesk desk)
        => TryReadId(productId, out var id)
            ? await desk.RemoveAsync(userId, id)
            : Problems.NotFound("Product", productId);

    private static async Task<Ok<BasketView>> Clear(string userId, BasketDesk desk) => TypedResults.Ok(await desk.ClearAsync(userId));

    private static async Task<Ok<BasketView>> CheckOut(string userId, CheckOutRequest request, BasketDesk desk)
        => TypedResults.Ok(await desk.Of(userId).CheckOutAsync(new CheckOut(request.OrderId!, request.Items!)));

    private static bool TryReadId(string text, out int id) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}

/// <summary>Looks at whose basket a route is about.</summary>
internal sealed class OwnBasketFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        => BasketDesk.Check(context.HttpContext.Request.RouteValues["userId"] as string, context.HttpContext.User) is { } problem
            ? ValueTask.FromResult<object?>(problem)
            : next(context);
}
