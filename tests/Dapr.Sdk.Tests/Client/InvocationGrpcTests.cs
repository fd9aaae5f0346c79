using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Wire = Dapr.Client.Autogen.Grpc.v1;

namespace Dapr.Sdk.Tests.Client;

public sealed class InvocationGrpcTests : ClientTest
{
    [Fact]
    public async Task InvokeMethodGrpc_Messages_GoAndCome()
    {
        Grpc.Answers<InvokeServiceRequest>(static _ => new InvokeResponse { Data = Any.Pack(new StringValue { Value = "pong" }) });

        var answer = await Client.InvokeMethodGrpcAsync<StringValue, StringValue>("shop", "ping", new StringValue { Value = "x" });

        Assert.Equal("pong", answer.Value);
        AssertCalled("InvokeService", new InvokeServiceRequest
        {
            Id = "shop",
            Message = new InvokeRequest { Method = "ping", ContentType = "application/grpc", Data = Any.Pack(new StringValue { Value = "x" }) },
        });
    }

    [Fact]
    public async Task InvokeMethodGrpc_WithoutMessages_IsACall()
    {
        await Client.InvokeMethodGrpcAsync("shop", "ping");

        AssertCalled("InvokeService", new InvokeServiceRequest { Id = "shop", Message = new InvokeRequest { Method = "ping" } });
        Assert.Equal(new Empty(), await Client.InvokeMethodGrpcAsync<Empty>("shop", "ping"));
    }

    [Fact]
    public async Task InvokeMethodGrpc_CalleeFails_ThrowsItsStatus()
    {
        Grpc.Fails<InvokeServiceRequest>(StatusCode.NotFound, "no such method");

        var failure = await Assert.ThrowsAsync<InvocationException>(() => Client.InvokeMethodGrpcAsync("shop", "ping", new Empty()));

        Assert.Equal(("shop", "ping", null), (failure.AppId, failure.MethodName, failure.Response));
        Assert.Equal(StatusCode.NotFound, Assert.IsType<RpcException>(failure.InnerException).StatusCode);
    }

    [Fact]
    public async Task InvokeMethodGrpc_AnotherMessageComes_SaysSo()
    {
        Grpc.Answers<InvokeServiceRequest>(static _ => new InvokeResponse { Data = Any.Pack(new Int32Value { Value = 1 }) });

        await Assert.ThrowsAsync<InvocationException>(() => Client.InvokeMethodGrpcAsync<StringValue>("shop", "ping"));
    }

    [Fact]
    public async Task CreateInvocationInvoker_Call_NamesTheAppAndCarriesTheToken()
    {
        var invoker = DaprClient.CreateInvocationInvoker("shop", Sidecar.GrpcEndpoint.AbsoluteUri, "secret");
        var headers = new Metadata { { "x-mine", "1" } };
        var client = new Wire.Dapr.DaprClient(invoker);

        await client.GetMetadataAsync(new GetMetadataRequest(), headers);
        await client.GetMetadataAsync(new GetMetadataRequest(), headers);

        Assert.All(Grpc.Calls, static call => Assert.Equal(("shop", "secret", "1"), (call.Header("dapr-app-id"), call.Header("dapr-api-token"), call.Header("x-mine"))));
        Assert.Single(headers);
    }
}
