using System.Diagnostics;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Contracts.Grpc.Product.V1;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Testing;
using ProductMessage = Tandem.Contracts.Grpc.Product.V1.Product;

namespace Tandem.Services.Tests.Grpc;

/// <summary>What every gRPC service of the mesh has from the defaults.</summary>
public sealed class CallRulesTests
{
    [Theory]
    [InlineData("broken", StatusCode.Internal, "Something went wrong on our side.")]
    [InlineData("away", StatusCode.Unavailable, "A service that is needed for this does not answer.")]
    [InlineData("late", StatusCode.Unavailable, "A service that is needed for this does not answer.")]
    public async Task Method_ThatThrows_SaysNoMoreThanAClientMayKnow(string name, StatusCode expected, string message)
    {
        await using var service = await StartAsync();
        var client = new ProductService.ProductServiceClient(ChannelTo(service));

        var status = await client.CreateProductAsync(new CreateProductRequest { Name = name }).FailsAsync(expected);

        Assert.Equal(message, status.Message);
        Assert.Null(status.GetDetail<global::Google.Rpc.DebugInfo>());
        Assert.DoesNotContain("secret", status.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_CarriesTheIdOfTheTrace()
    {
        await using var service = await StartAsync();
        var client = new ProductService.ProductServiceClient(ChannelTo(service));
        var trace = ActivityTraceId.CreateRandom().ToString();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);

        var status = await client.CreateProductAsync(new CreateProductRequest { Name = "broken" }, new Metadata { { "traceparent", $"00-{trace}-00f067aa0ba902b7-01" } })
            .FailsAsync(StatusCode.Internal);

        Assert.Equal(trace, status.GetDetail<global::Google.Rpc.ErrorInfo>()!.Metadata["traceId"]);
    }

    [Fact]
    public async Task Call_WhoseClientGoes_IsToldToTheMethod()
    {
        await using var service = await StartAsync();
        var client = new ProductService.ProductServiceClient(ChannelTo(service));
        using var patience = new CancellationTokenSource();
        var call = client.CreateProductAsync(new CreateProductRequest { Name = "waits" }, cancellationToken: patience.Token).ResponseAsync;
        await Waiting.Started.Task.WithinAsync();

        await patience.CancelAsync();

        await Assert.ThrowsAsync<RpcException>(() => call);
        await Waiting.Cancelled.Task.WithinAsync();
    }

    [Fact]
    public async Task Call_PastItsDeadline_IsDeadlineExceeded()
    {
        await using var service = await StartAsync();
        var client = new ProductService.ProductServiceClient(ChannelTo(service));

        var exception = await Assert.ThrowsAsync<RpcException>(
            () => client.CreateProductAsync(new CreateProductRequest { Name = "waits" }, deadline: DateTime.UtcNow.AddMilliseconds(300)).ResponseAsync);

        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
    }

    [Fact]
    public async Task Method_WithoutAPolicy_IsForSignedInUsersOnly()
    {
        await using var service = await StartAsync();
        var client = new ProductService.ProductServiceClient(ChannelTo(service));

        await client.GetProductAsync(new GetProductRequest()).FailsAsync(StatusCode.Unauthenticated);
        var status = await client.GetProductAsync(new GetProductRequest(), new Metadata { { "authorization", "Bearer x" } }).FailsAsync(StatusCode.Unauthenticated);
        Assert.Equal("The token is not valid or has expired.", status.Message);
    }

    [Fact]
    public async Task UnknownServiceOrMethod_IsUnimplemented()
    {
        await using var service = await StartAsync();
        var method = new Method<GetProductRequest, ProductMessage>(
            MethodType.Unary, "tandem.product.v1.ProductService", "Steal", Marshallers.Create(static _ => Array.Empty<byte>(), static _ => new GetProductRequest()), Marshallers.Create(static _ => Array.Empty<byte>(), static _ => new ProductMessage()));
        var token = new CallOptions(new Metadata { { "authorization", $"Bearer {TestTokens.Create(Ids.New())}" } });

        var noMethod = await Assert.ThrowsAsync<RpcException>(() => ChannelTo(service).CreateCallInvoker().AsyncUnaryCall(method, null, token, new GetProductRequest()).ResponseAsync);
        var noService = await Assert.ThrowsAsync<RpcException>(() => new Tandem.Contracts.Grpc.Order.V1.OrderService.OrderServiceClient(ChannelTo(service)).GetOrderAsync(new()).ResponseAsync);

        Assert.Equal(StatusCode.Unimplemented, noMethod.StatusCode);
        Assert.Equal(StatusCode.Unimplemented, noService.StatusCode);
    }

    [Fact]
    public async Task Call_BeforeTheServiceIsReady_IsUnavailableAndHealthSaysSo()
    {
        await using var service = await StartAsync(isReady: false);
        var channel = ChannelTo(service);

        var status = await new ProductService.ProductServiceClient(channel).CreateProductAsync(new CreateProductRequest()).FailsAsync(StatusCode.Unavailable);

        Assert.NotNull(status.GetDetail<global::Google.Rpc.RetryInfo>());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task Health_OfAServiceThatIsReady_IsServing()
    {
        await using var service = await StartAsync();

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await new Health.HealthClient(ChannelTo(service)).CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task Reflection_IsThereWhenItIsAskedForOnly()
    {
        await using var open = await StartAsync(reflection: "true");
        await using var closed = await StartAsync();

        Assert.Contains("tandem.product.v1.ProductService", await ServicesAsync(ChannelTo(open)));
        await Assert.ThrowsAsync<RpcException>(() => ServicesAsync(ChannelTo(closed)));
    }

    private static async Task<string[]> ServicesAsync(GrpcChannel channel)
    {
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await call.RequestStream.CompleteAsync();
        return [.. call.ResponseStream.Current.ListServicesResponse.Service.Select(static service => service.Name)];
    }

    private static Task<TestService> StartAsync(bool isReady = true, string reflection = "") => TestService.StartAsync(
        static app => app.MapGrpcService<FailingProducts>(),
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["GRPC_REFLECTION"] = reflection });
            builder.AddServiceGrpc(defaultPort: 9998);
        },
        database: isReady ? "test-db" : "a-secret-that-is-missing",
        waitUntilReady: isReady);

    private static GrpcChannel ChannelTo(TestService service) => GrpcChannel.ForAddress(
        "http://localhost", new GrpcChannelOptions { HttpHandler = ((TestServer)service.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()).CreateHandler() });

    private static class Waiting
    {
        public static TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class FailingProducts : ProductService.ProductServiceBase
    {
        [AllowAnonymous]
        public override async Task<ProductMessage> CreateProduct(CreateProductRequest request, ServerCallContext context)
        {
            switch (request.Name)
            {
                case "broken":
                    throw new InvalidOperationException("a secret detail");
                case "away":
                    throw new HttpRequestException("a secret detail");
                case "late":
                    throw new TimeoutException("a secret detail");
                default:
                    Waiting.Started.TrySetResult();
                    try
                    {
                        await Task.Delay(Timeout.Infinite, context.CancellationToken);
                    }
                    finally
                    {
                        Waiting.Cancelled.TrySetResult();
                    }

                    return new ProductMessage();
            }
        }

        public override Task<ProductMessage> GetProduct(GetProductRequest request, ServerCallContext context) => Task.FromResult(new ProductMessage());
    }
}
