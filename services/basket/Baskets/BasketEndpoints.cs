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
        baskets.MapPost("/", Create).Validate<CreateBasketRequest>();

        var basket = baskets.MapGroup("/{userId}").AddEndpointFilter<OwnBasketFilter>();
        basket.MapGet("/", Get);
        basket.MapDelete("/", Delete);
        basket.MapPost("/items", AddItem).Validate<AddItemRequest>();
        basket.MapPut("/items/{productId}", SetQuantity).Validate<SetQuantityRequest>();
        basket.MapDelete("/items/{productId}", RemoveItem);
        basket.MapDelete("/items", Clear);
        basket.MapPost("/checkout", CheckOut).Validate<CheckOutRequest>().RequireAuthorization(Policies.Service);
    }

    private static async Task<Results<Created<BasketView>, Ok<BasketView>, ProblemHttpResult>> Create(
        CreateBasketRequest request, BasketDesk desk, ClaimsPrincipal user)
    {
        if (!user.CanActFor(request.UserId!))
        {
            return Problems.Forbidden("A basket can only be made for oneself.");
        }

        var actor = desk.Of(request.UserId!);
        var isNew = await actor.CreateAsync();
        var basket = await actor.GetAsync();
        return isNew ? TypedResults.Created($"/baskets/{request.UserId}", basket) : TypedResults.Ok(basket);
    }

    private static async Task<Ok<BasketView>> Get(string userId, BasketDesk desk) => TypedResults.Ok(await desk.GetAsync(userId));

    private static async Task<NoContent> Delete(string userId, BasketDesk desk)
    {
        await desk.Of(userId).DeleteAsync();
        return TypedResults.NoContent();
    }

    private static Task<Results<Ok<BasketView>, ProblemHttpResult>> AddItem(
        string userId, AddItemRequest request, BasketDesk desk, CancellationToken cancellationToken)
        => desk.AddAsync(userId, request.ProductId!.Value, request.Quantity!.Value, cancellationToken);

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
