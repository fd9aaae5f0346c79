using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Tandem.Interop.V1;

namespace Tandem.Interop.Server;

/// <summary>The service as protos/interop.proto describes it.</summary>
internal sealed class InteropService(ObservedCalls calls, HealthServiceImpl health) : V1.Interop.InteropBase
{
    public override Task<Reply> Unary(Request request, ServerCallContext context) => CallRun.ServeAsync(calls, context, async run =>
    {
        run.CountReceived();
        await run.HoldAsync(request.Plan, 0);
        CallRun.Finish(request.Plan); // before the headers: an answer of trailers only
        await run.SendHeadersAsync();
        return run.Reply(request.Plan is { ReplySizes.Count: > 0 } plan ? Zeros(plan.ReplySizes[0]) : request.Payload, request.Payload.Length);
    });

    public override Task ServerStream(Request request, IServerStreamWriter<Reply> responseStream, ServerCallContext context) => CallRun.ServeAsync(calls, context, async run =>
    {
        run.CountReceived();
        var plan = request.Plan;
        await run.HoldAsync(plan, 0);
        var count = 0;
        foreach (var size in plan?.ReplySizes ?? [])
        {
            await SendAsync(run, Zeros(size), responseStream);
            await run.HoldAsync(plan, ++count);
        }

        CallRun.Finish(plan);
        return true;
    });

    public override Task<Reply> ClientStream(IAsyncStreamReader<Request> requestStream, ServerCallContext context) => CallRun.ServeAsync(calls, context, async run =>
    {
        Plan? plan = null;
        long bytes = 0;
        while (!Stops(plan, run) && await requestStream.MoveNext(context.CancellationToken))
        {
            run.CountReceived();
            plan ??= requestStream.Current.Plan ?? new Plan();
            bytes += requestStream.Current.Payload.Length;
            await run.HoldAsync(plan, run.Call.Received);
        }

        CallRun.Finish(plan);
        await run.SendHeadersAsync();
        return run.Reply(plan is { ReplySizes.Count: > 0 } ? Zeros(plan.ReplySizes[0]) : ByteString.Empty, bytes);
    });

    public override Task Duplex(IAsyncStreamReader<Request> requestStream, IServerStreamWriter<Reply> responseStream, ServerCallContext context) => CallRun.ServeAsync(calls, context, async run =>
    {
        Plan? plan = null;
        var late = new List<ByteString>();
        while (!Stops(plan, run) && await requestStream.MoveNext(context.CancellationToken))
        {
            run.CountReceived();
            var request = requestStream.Current;
            plan ??= request.Plan ?? new Plan();
            IEnumerable<ByteString> replies = request.Plan is { ReplySizes.Count: > 0 } own ? own.ReplySizes.Select(Zeros) : [request.Payload];
            if (plan.ReplyAfterHalfClose)
            {
                late.AddRange(replies);
            }
            else
            {
                await SendAsync(run, replies, responseStream);
            }

            await run.HoldAsync(plan, run.Call.Received);
        }

        await SendAsync(run, late, responseStream);
        CallRun.Finish(plan);
        return true;
    });

    public override Task<Observation> Observe(ObserveRequest request, ServerCallContext context)
        => calls[request.CallId].WaitAsync(request, context.CancellationToken);

    public override Task<Released> Release(ReleaseRequest request, ServerCallContext context)
    {
        calls[request.CallId].Released.TrySetResult();
        return Task.FromResult(new Released());
    }

    public override Task<Released> SetHealth(SetHealthRequest request, ServerCallContext context)
    {
        health.SetStatus(request.Service, request.Serving ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing);
        return Task.FromResult(new Released());
    }

    private static async Task SendAsync(CallRun run, IEnumerable<ByteString> payloads, IServerStreamWriter<Reply> replies)
    {
        foreach (var payload in payloads)
        {
            await SendAsync(run, payload, replies);
        }
    }

    private static async Task SendAsync(CallRun run, ByteString payload, IServerStreamWriter<Reply> replies)
    {
        await run.SendHeadersAsync();
        await replies.WriteAsync(run.Reply(payload));
    }

    private static bool Stops(Plan? plan, CallRun run) => plan is { StopAfter: > 0 } && plan.StopAfter == run.Call.Received;

    private static ByteString Zeros(int size) => UnsafeByteOperations.UnsafeWrap(new byte[size]);
}
