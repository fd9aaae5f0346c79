using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Tandem.Grpc.Tests.Protos;
using Tandem.Grpc.Tests.Support;

namespace Tandem.Grpc.Tests.Server;

public sealed class InterceptorTests
{
    [Fact]
    public async Task Interceptors_OfTheServer_WrapInTheirOrder()
    {
        await using var server = await ProbeServer.StartAsync(static options =>
        {
            options.Interceptors.Add<Marking>("outer");
            options.Interceptors.Add<Marking>("inner");
        });
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Probe.ProbeClient(channel);
        Assert.Equal("x inner outer", (await client.EchoAsync(new Ping { Text = "x" })).Text);
        // What an interceptor refuses, the method does not see.
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.EchoAsync(new Ping { Text = "refuse" }));
        Assert.Equal((StatusCode.PermissionDenied, "by outer"), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Interceptors_OfTheClient_WrapInTheirOrder()
    {
        await using var server = await ProbeServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Probe.ProbeClient(channel.Intercept(new Adding("first"), new Adding("second")));
        using var call = client.EchoAsync(new Ping());
        await call;
        // The first is called first, so what it adds is there before what the second adds.
        Assert.Equal("first, second", string.Join(", ", call.GetTrailers().GetAll("x-echo").Select(static entry => entry.Value)));
    }

    [Fact]
    public async Task GetStatus_BeforeTheEnd_IsRefused()
    {
        await using var server = await ProbeServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new Probe.ProbeClient(channel).Chat();
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Ping()));
    }

    private sealed class Marking(string name) : Interceptor
    {
        public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            if (request is Ping { Text: "refuse" })
            {
                throw new RpcException(new Status(StatusCode.PermissionDenied, $"by {name}"));
            }

            var response = await continuation(request, context);
            if (response is Ping ping)
            {
                ping.Text += $" {name}";
            }

            return response;
        }
    }

    private sealed class Adding(string value) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            var headers = new Metadata();
            foreach (var entry in context.Options.Headers ?? [])
            {
                headers.Add(entry);
            }

            headers.Add("x-echo", value);
            return continuation(request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithHeaders(headers)));
        }
    }
}
