using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Tandem.ServiceDefaults;
using V1 = Tandem.Contracts.Grpc.Basket.V1;

namespace Tandem.Basket;

/// <summary>The baskets over gRPC.</summary>
[Authorize(Policies.UserOrService)]
internal sealed class BasketGrpc(BasketDesk desk) : V1.BasketService.BasketServiceBase
{
    public override async Task<V1.Basket> GetBasket(V1.GetBasketRequest request, ServerCallContext context)
    {
        BasketDesk.Check(request.UserId, context.User()).ThrowIfAny();
        return (await desk.GetAsync(request.UserId)).ToMessage();
    }

    public override async Task<V1.Basket> AddItem(V1.AddItemRequest request, ServerCallContext context)
    {
        BasketDesk.Check(request.UserId, context.User()).ThrowIfAny();
        await context.ValidateAsync(new AddItemRequest(request.ProductId, request.Quantity));
        var (key, problem) = RequestKey.Of(context.GetHttpContext(), BasketDesk.Describe(request.UserId, request.ProductId, request.Quantity));
        problem.ThrowIfAny();
        return (await desk.AddAsync(request.UserId, request.ProductId, request.Quantity, key, context.CancellationToken)).OrThrow().ToMessage();
    }

    public override async Task<V1.Basket> UpdateItem(V1.UpdateItemRequest request, ServerCallContext context)
    {
        BasketDesk.Check(request.UserId, context.User()).ThrowIfAny();
        await context.ValidateAsync(new SetQuantityRequest(request.Quantity));
        return (await desk.SetQuantityAsync(request.UserId, request.ProductId, request.Quantity, context.CancellationToken)).OrThrow().ToMessage();
    }

    public override async Task<V1.Basket> RemoveItem(V1.RemoveItemRequest request, ServerCallContext context)
    {
        BasketDesk.Check(request.UserId, context.User()).ThrowIfAny();
        return (await desk.RemoveAsync(request.UserId, request.ProductId)).OrThrow().ToMessage();
    }

    public override async Task<V1.Basket> ClearBasket(V1.ClearBasketRequest request, ServerCallContext context)
    {
        BasketDesk.Check(request.UserId, context.User()).ThrowIfAny();
        return (await desk.ClearAsync(request.UserId)).ToMessage();
    }
}
