using Grpc.Core;
using Tandem.Grpc.Tests.Protos;

namespace Tandem.Grpc.Tests.Support;

internal sealed class ProbeService : Probe.ProbeBase
{
    /// <summary>Settles with whether the held call's token was cancelled.</summary>
    public static TaskCompletionSource Held { get; set; } = new();

    /// <summary>Completes when a method begins to hold.</summary>
    public static TaskCompletionSource Holding { get; set; } = new();

    public override Task<Ping> Echo(Ping request, ServerCallContext context)
    {
        foreach (var entry in context.RequestHeaders.GetAll("x-echo"))
        {
            context.ResponseTrailers.Add(entry);
        }

        return Task.FromResult(request);
    }

    public override async Task Expand(Ping request, IServerStreamWriter<Ping> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(new Ping { Payload = request.Payload, Count = i });
        }
    }

    public override async Task<Ping> Sum(IAsyncStreamReader<Ping> requestStream, ServerCallContext context)
    {
        var count = 0;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            count++;
        }

        return new Ping { Count = count };
    }

    public override async Task Chat(IAsyncStreamReader<Ping> requestStream, IServerStreamWriter<Ping> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(requestStream.Current);
        }
    }

    public override async Task<Ping> Hold(Ping request, ServerCallContext context)
    {
        var held = Held;
        Holding.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        finally
        {
            held.TrySetResult();
        }

        return request;
    }

    public override Task<Ping> Fail(Ping request, ServerCallContext context)
        => request.Text == "unknown" ? throw new InvalidOperationException("a secret") : throw new RpcException(new Status(StatusCode.Aborted, request.Text));
}
