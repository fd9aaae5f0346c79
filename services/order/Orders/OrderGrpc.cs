using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Tandem.ServiceDefaults;
using V1 = Tandem.Contracts.Grpc.Order.V1;

namespace Tandem.Order;

/// <summary>The orders over gRPC.</summary>
[Authorize(Policies.UserOrService)]
internal sealed class OrderGrpc(OrderDesk desk, CreateOrder create, GrpcIdempotency once) : V1.OrderService.OrderServiceBase
{
    public override async Task<V1.Order> CreateOrder(V1.CreateOrderRequest request, ServerCallContext context)
    {
        var wanted = await context.ValidateAsync(request.ToRequest());
        var order = await once.RunAsync(
            context, request, async () => (await create.HandleAsync(wanted, context.User(), context.CancellationToken)).OrThrow());
        return order.ToMessage();
    }

    public override async Task<V1.Order> GetOrder(V1.GetOrderRequest request, ServerCallContext context)
        => (await desk.GetAsync(request.Id, context.User(), context.CancellationToken)).OrThrow().ToMessage();

    public override async Task<V1.ListOrdersResponse> ListOrders(V1.ListOrdersRequest request, ServerCallContext context)
    {
        var page = await context.PageAsync(request.HasPage, request.Page, request.HasPageSize, request.PageSize);
        var found = (await desk.ListAsync(request.ToFilter(), page, context.User(), context.CancellationToken)).OrThrow();
        return new V1.ListOrdersResponse
        {
            Items = { found.Items.Select(OrderMessages.ToMessage) },
            Page = found.Number,
            PageSize = found.PageSize,
            Total = found.Total,
        };
    }

    public override async Task<V1.Order> CancelOrder(V1.CancelOrderRequest request, ServerCallContext context)
    {
        var wanted = await context.ValidateAsync(new CancelOrderRequest(request.HasReason ? request.Reason : null));
        return (await desk.CancelAsync(request.Id, wanted, context.User(), context.CancellationToken)).OrThrow().ToMessage();
    }
}
