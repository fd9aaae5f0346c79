using System.Diagnostics;
using System.Text.Json;
using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Sdk.Tests.Doubles;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Testing;

namespace Dapr.Sdk.Tests.Client;

public sealed class DaprClientBuilderTests
{
    [Theory]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("127.0.0.1:3500")]
    public void Build_EndpointThatIsNotHttp_IsRefused(string endpoint)
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new DaprClientBuilder().UseHttpEndpoint(endpoint).Build());
        Assert.Contains(endpoint, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetHttpEndpoint_Configuration_EndpointBeatsPortBeatsDefault()
    {
        Assert.Equal("http://127.0.0.1:3600", DaprDefaults.GetHttpEndpoint(Configuration(("DAPR_HTTP_PORT", "3600"))));
        Assert.Equal("https://remote:1", DaprDefaults.GetHttpEndpoint(Configuration(("DAPR_HTTP_PORT", "3600"), ("DAPR_HTTP_ENDPOINT", "https://remote:1"))));
        Assert.Equal("http://127.0.0.1:5600", DaprDefaults.GetGrpcEndpoint(Configuration(("DAPR_GRPC_PORT", "5600"))));
    }

    [Fact]
    public async Task AddDaprClient_Configuration_GivesEndpointAndToken()
    {
        await using var sidecar = await SidecarDouble.StartAsync();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(Configuration(("DAPR_GRPC_ENDPOINT", sidecar.GrpcEndpoint.AbsoluteUri), ("DAPR_API_TOKEN", "t")));
        services.AddDaprClient(static builder => builder.UseJsonSerializationOptions(new JsonSerializerOptions()));
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<DaprClient>().PublishEventAsync("p", "t", new Widget("a", 1));

        Assert.Equal("t", sidecar.Grpc.Only.Header("dapr-api-token"));
        Assert.Equal("""{"Name":"a","Size":1}""", sidecar.Grpc.Request<PublishEventRequest>().Data.ToStringUtf8());
        Assert.Same(provider.GetRequiredService<DaprClient>(), provider.GetRequiredService<DaprClient>());
    }

    [Fact]
    public void AddDaprClient_Twice_KeepsTheFirst()
    {
        var services = new ServiceCollection();
        services.AddDaprClient();
        services.AddDaprClient((_, builder) => builder.UseHttpEndpoint("http://127.0.0.1:1"), ServiceLifetime.Scoped);

        Assert.Equal(ServiceLifetime.Singleton, Assert.Single(services, static s => s.ServiceType == typeof(DaprClient)).Lifetime);
    }

    [Fact]
    public async Task UseTimeout_SidecarDoesNotAnswer_IsTransient()
    {
        await using var sidecar = await SidecarDouble.StartAsync();
        sidecar.Grpc.Answers<GetStateRequest>(static async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new GetStateResponse();
        });
        using var client = sidecar.CreateBuilder().UseTimeout(TimeSpan.FromMilliseconds(100)).Build();

        var failure = await Assert.ThrowsAsync<DaprApiException>(() => client.GetStateAsync<int>("s", "k").WithinAsync());

        Assert.Equal(("DEADLINE_EXCEEDED", true), (failure.ErrorCode, failure.IsTransient));
        Assert.NotEqual(DateTime.MaxValue, sidecar.Grpc.Only.Deadline);
    }

    [Fact]
    public async Task Call_WithoutTimeout_HasNoDeadline()
    {
        await using var sidecar = await SidecarDouble.StartAsync();
        using var client = sidecar.CreateClient();

        await client.GetStateAsync<int>("s", "k");

        Assert.Equal(DateTime.MaxValue, sidecar.Grpc.Only.Deadline);
        Assert.StartsWith("dapr-sdk-dotnet/v", sidecar.Grpc.Only.Header("user-agent"), StringComparison.Ordinal);
        Assert.Null(sidecar.Grpc.Only.Header("dapr-api-token"));
    }

    [Fact]
    public async Task Call_InATrace_CarriesItsContext()
    {
        await using var sidecar = await SidecarDouble.StartAsync();
        using var client = sidecar.CreateClient();
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();

        await client.GetStateAsync<int>("s", "k");

        Assert.Contains(activity.TraceId.ToHexString(), sidecar.Grpc.Only.Header("traceparent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseGrpcChannelOptions_Limits_Hold()
    {
        await using var sidecar = await SidecarDouble.StartAsync();
        sidecar.Grpc.Answers<GetStateRequest>(static _ => new GetStateResponse { Data = Google.Protobuf.ByteString.CopyFrom(new byte[2048]) });
        using var client = sidecar.CreateBuilder().UseGrpcChannelOptions(new GrpcChannelOptions { MaxReceiveMessageSize = 1024 }).Build();

        Assert.Equal("RESOURCE_EXHAUSTED", (await Assert.ThrowsAsync<DaprApiException>(() => client.GetByteStateAsync("s", "k"))).ErrorCode);
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] values)
        => new ConfigurationBuilder().AddInMemoryCollection(values.Select(static v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();
}
