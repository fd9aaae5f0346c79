using Grpc.Core;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Invocation.Grpc;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Invocation;

/// <summary>The method that invokes another app. Between sidecars a call travels in HTTP, whatever its ends speak.</summary>
internal static class InvocationCalls
{
    public static async Task<Proto.InvokeResponse> InvokeAsync(SidecarInstance sidecar, Proto.InvokeServiceRequest request, ServerCallContext context)
    {
        if (request.Id.Length == 0)
        {
            throw Refusal("the ID of an app is required");
        }

        var call = new GrpcInvocation(request.Message ?? throw Refusal("a message is required"), context.GetHttpContext().Request.Headers);
        var invoker = sidecar.Blocks.Invoker;
        var answer = await invoker.InvokeAsync(invoker.FindTarget(request.Id), call, context.CancellationToken).ConfigureAwait(false);
        await using (answer.ConfigureAwait(false))
        {
            var read = await ReadAnswer.ReadAsync(answer, sidecar.Options.MaxBodySize, context.CancellationToken).ConfigureAwait(false);
            if (read.Headers.Count > 0)
            {
                await context.WriteResponseHeadersAsync(read.Headers).ConfigureAwait(false);
            }

            return read.Carried is { } carried ? Complete(read, carried, context) : Complete(read);
        }
    }

    /// <summary>A gRPC app's answer: as it is.</summary>
    private static Proto.InvokeResponse Complete(ReadAnswer answer, CarriedAnswer carried, ServerCallContext context)
    {
        if (carried.Status.StatusCode is not StatusCode.OK)
        {
            throw new RpcException(carried.Status, carried.Trailers);
        }

        foreach (var trailer in carried.Trailers)
        {
            context.ResponseTrailers.Add(trailer);
        }

        return answer.ToResponse(carried.DataType);
    }

    /// <summary>An HTTP app's answer: an error status becomes a gRPC error that says so.</summary>
    private static Proto.InvokeResponse Complete(ReadAnswer answer)
        => InvocationStatus.FromHttp(answer.StatusCode) is not StatusCode.OK and var status ? throw HttpErrors.Create(answer, status) : answer.ToResponse("");

    private static DaprException Refusal(string problem) => new(new DaprError(400, "ERR_DIRECT_INVOKE", $"failed to invoke: {problem}"));
}
