using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Tandem.ServiceDefaults;
using V1 = Tandem.Contracts.Grpc.Product.V1;

namespace Tandem.Product.Catalog;

/// <summary>The catalogue over gRPC: anyone reads, admins write.</summary>
internal sealed class ProductGrpc(CatalogDesk desk, Idempotency idempotency, GrpcIdempotency once) : V1.ProductService.ProductServiceBase
{
    [Authorize(Policies.Admin)]
    public override async Task<V1.Product> CreateProduct(V1.CreateProductRequest request, ServerCallContext context)
    {
        var wanted = await context.ValidateAsync(request.ToRequest());
        var created = await once.RunAsync(
            context, request, async () => (await desk.CreateAsync(wanted, idempotency, context.CancellationToken)).Value!);
        return created.ToMessage();
    }

    [AllowAnonymous]
    public override async Task<V1.Product> GetProduct(V1.GetProductRequest request, ServerCallContext context)
        => (await desk.GetAsync(request.Id, context.CancellationToken)).OrThrow().ToMessage();

    [AllowAnonymous]
    public override async Task<V1.GetProductsResponse> GetProducts(V1.GetProductsRequest request, ServerCallContext context)
    {
        var query = await context.ValidateAsync(request.ToQuery());
        var page = await context.PageAsync(request.HasPage, request.Page, request.HasPageSize, request.PageSize);
        var found = await desk.ListAsync(query, page, context.CancellationToken);
        return new V1.GetProductsResponse
        {
            Items = { found.Items.Select(ProductMessages.ToMessage) },
            Page = found.Number,
            PageSize = found.PageSize,
            Total = found.Total,
        };
    }

    [Authorize(Policies.Admin)]
    public override async Task<V1.Product> UpdateProduct(V1.UpdateProductRequest request, ServerCallContext context)
    {
        var wanted = await context.ValidateAsync(request.ToRequest());
        return (await desk.UpdateAsync(request.Id, wanted, context.CancellationToken)).OrThrow().ToMessage();
    }

    [Authorize(Policies.Admin)]
    public override async Task<Empty> DeleteProduct(V1.DeleteProductRequest request, ServerCallContext context)
    {
        (await desk.DeleteAsync(request.Id, context.CancellationToken)).OrThrow();
        return new Empty();
    }
}
