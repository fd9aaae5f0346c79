using System.Globalization;
using System.Security.Claims;
using Dapr.Actors;
using Dapr.Actors.Client;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary>
/// What is done with baskets when somebody asks, by HTTP or by gRPC: each a turn of the user's actor, after product was asked where name, price
/// and stock matter. Requests are validated, and who asks is checked, before they come here.
/// </summary>
internal sealed class BasketDesk(IProductCatalog products, IActorProxyFactory actors)
{
    /// <summary>Lets users at their own basket only; a malformed id is nobody's.</summary>
    /// <returns>Why not, or nothing.</returns>
    public static ProblemHttpResult? Check(string? userId, ClaimsPrincipal user)
    {
        if (!Ids.IsValid(userId))
        {
            return Problems.NotFound("Basket", userId ?? "");
        }

        return user.CanActFor(userId!) ? null : Problems.Forbidden("This is the basket of another user.");
    }

    /// <summary>What an addition asks for, for its idempotency key.</summary>
    public static string Describe(string userId, int productId, int quantity)
        => string.Create(CultureInfo.InvariantCulture, $"add {userId} {productId} {quantity}");

    public Task<BasketView> GetAsync(string userId) => Of(userId).GetAsync();

    /// <summary>Makes the user's basket exist; once, and with one answer, for each key.</summary>
    public async Task<Results<Created<BasketView>, Ok<BasketView>, ProblemHttpResult>> CreateAsync(string userId, RequestKey? key)
    {
        var answer = await Of(userId).CreateAsync(new Creation(Keyed(key)));
        MarkReplayed(answer, key);
        return answer switch
        {
            { Outcome: BasketOutcome.KeyReused } => RequestKey.Reused,
            { IsNew: true } => TypedResults.Created($"/baskets/{userId}", answer.Basket),
            _ => TypedResults.Ok(answer.Basket),
        };
    }

    /// <summary>Adds to the user's basket; once, and with one answer, for each key.</summary>
    public async Task<Results<Ok<BasketView>, ProblemHttpResult>> AddAsync(
        string userId, int productId, int quantity, RequestKey? key, CancellationToken cancellationToken)
    {
        var actor = Of(userId);
        var keyed = Keyed(key);

        // The product may have changed or gone since the key was answered.
        var answer = keyed is null ? null : (await actor.RememberAsync(keyed)).Answer;
        if (answer is null)
        {
            if (await products.FindAsync(productId, cancellationToken) is not { } product)
            {
                return Problems.NotFound("Product", productId);
            }

            answer = await actor.AddAsync(new LineChange(product, quantity, keyed));
        }

        MarkReplayed(answer, key);
        return Answer(answer);
    }

    public async Task<Results<Ok<BasketView>, ProblemHttpResult>> SetQuantityAsync(
        string userId, int productId, int quantity, CancellationToken cancellationToken)
        => await products.FindAsync(productId, cancellationToken) is { } product
            ? Answer(await Of(userId).SetQuantityAsync(new LineChange(product, quantity)))
            : Problems.NotFound("Product", productId);

    public async Task<Results<Ok<BasketView>, ProblemHttpResult>> RemoveAsync(string userId, int productId)
        => Answer(await Of(userId).RemoveAsync(productId));

    public Task<BasketView> ClearAsync(string userId) => Of(userId).ClearAsync();

    /// <summary>The actor of the user's basket.</summary>
    public IBasketActor Of(string userId) => actors.CreateActorProxy<IBasketActor>(new ActorId(userId), BasketActor.TypeName);

    private static KeyedRequest? Keyed(RequestKey? key) => key is null ? null : new KeyedRequest(key.Id, key.Request);

    private static void MarkReplayed(BasketAnswer answer, RequestKey? key)
    {
        if (answer.IsReplayed)
        {
            key!.MarkReplayed();
        }
    }

    private static Results<Ok<BasketView>, ProblemHttpResult> Answer(BasketAnswer answer) => answer.Outcome switch
    {
        BasketOutcome.Done => TypedResults.Ok(answer.Basket),
        BasketOutcome.TooMany => Problems.Validation("quantity", answer.Detail!),
        BasketOutcome.KeyReused => RequestKey.Reused,
        BasketOutcome.NoSuchLine => Problems.Of(StatusCodes.Status404NotFound, answer.Detail!),
        _ => Problems.Conflict(answer.Detail!),
    };
}
