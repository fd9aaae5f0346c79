using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Tandem.ServiceDefaults;
using V1 = Tandem.Contracts.Grpc.Payment.V1;

namespace Tandem.Payment;

/// <summary>The payments over gRPC.</summary>
[Authorize(Policies.UserOrService)]
internal sealed class PaymentGrpc(PaymentDesk desk, CreatePayment create, GrpcIdempotency once) : V1.PaymentService.PaymentServiceBase
{
    public override async Task<V1.Payment> CreatePayment(V1.CreatePaymentRequest request, ServerCallContext context)
    {
        var wanted = await context.ValidateAsync(request.ToRequest());
        var payment = await once.RunAsync(
            context, request, async () => (await create.HandleAsync(wanted, context.User(), context.CancellationToken)).OrThrow());
        return payment.ToMessage();
    }

    public override async Task<V1.Payment> GetPayment(V1.GetPaymentRequest request, ServerCallContext context)
        => (await desk.GetAsync(request.Id, context.User(), context.CancellationToken)).OrThrow().ToMessage();

    public override async Task<V1.Payment> ProcessPayment(V1.ProcessPaymentRequest request, ServerCallContext context)
        => (await desk.ProcessAsync(request.Id, context.User(), context.CancellationToken)).OrThrow().ToMessage();

    public override async Task<V1.Payment> CancelPayment(V1.CancelPaymentRequest request, ServerCallContext context)
        => (await desk.CancelAsync(request.Id, context.User(), context.CancellationToken)).OrThrow().ToMessage();

    public override async Task<V1.Payment> RefundPayment(V1.RefundPaymentRequest request, ServerCallContext context)
    {
        var wanted = await context.ValidateAsync(request.ToRequest());
        var payment = await once.RunAsync(
            context, request, async () => (await desk.RefundAsync(request.Id, wanted, context.User(), context.CancellationToken)).OrThrow());
        return payment.ToMessage();
    }

    public override async Task<V1.ListPaymentsResponse> ListPayments(V1.ListPaymentsRequest request, ServerCallContext context)
    {
        var page = await context.PageAsync(request.HasPage, request.Page, request.HasPageSize, request.PageSize);
        var found = (await desk.ListAsync(request.ToFilter(), page, context.User(), context.CancellationToken)).OrThrow();
        return new V1.ListPaymentsResponse
        {
            Items = { found.Items.Select(PaymentMessages.ToMessage) },
            Page = found.Number,
            PageSize = found.PageSize,
            Total = found.Total,
        };
    }
}
