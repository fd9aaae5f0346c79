using System.Net;
using System.Net.Sockets;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Runtime.Tests.Support;
using Tandem.Sidecar;
using Tandem.Testing;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;
using DaprApi = Dapr.Client.Autogen.Grpc.v1.Dapr;
using V1 = Grpc.Reflection.V1;

namespace Tandem.Runtime.Tests.Grpc;

public sealed class SurfaceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task Calls_WithAnApiToken_NeedIt()
    {
        await using var sidecar = await GrpcSidecar.StartAsync(static options => options with { ApiToken = "secret" });

        var missing = await sidecar.Client.GetMetadataAsync(new()).FailsAsync(StatusCode.Unauthenticated);
        Assert.Equal("missing api token in request metadata", missing.GetDetail<Google.Rpc.ErrorInfo>()!.Metadata["http.error_message"]);
        await sidecar.Client.GetMetadataAsync(new(), new Metadata { { "dapr-api-token", "wrong" } }).FailsAsync(StatusCode.Unauthenticated);
        Assert.Equal("shop", (await sidecar.Client.GetMetadataAsync(new(), new Metadata { { "dapr-api-token", "secret" } })).Id);
    }

    [Fact]
    public async Task Calls_OfApisThatTheConfigurationForbids_AreUnimplemented()
    {
        await using var sidecar = await GrpcSidecar.StartAsync(configuration: """
              api:
                allowed:
                - { name: state, version: v1, protocol: grpc }
                - { name: metadata, version: v1, protocol: grpc }
                - { name: secrets, version: v1.0, protocol: http }
                denied:
                - { name: metadata, version: v1, protocol: grpc }
            """);

        await sidecar.Client.GetStateAsync(new() { StoreName = "memory", Key = "k" });
        await sidecar.Client.GetMetadataAsync(new()).FailsAsync(StatusCode.Unimplemented);
        await sidecar.Client.GetSecretAsync(new() { StoreName = "vault", Key = "api-key" }).FailsAsync(StatusCode.Unimplemented);
    }

    [Fact]
    public async Task Calls_BeyondTheBodyLimit_AreRefused()
    {
        await using var sidecar = await GrpcSidecar.StartAsync(static options => options with { MaxBodySize = 100_000 });

        await sidecar.Client.SaveStateAsync(new() { StoreName = "memory", States = { new StateItem { Key = "k", Value = Bytes(new string('x', 90_000)) } } });
        await sidecar.Client.SaveStateAsync(new() { StoreName = "memory", States = { new StateItem { Key = "k", Value = Bytes(new string('x', 110_000)) } } })
            .FailsAsync(StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task Calls_OfWhatThereIsNot_SaySo()
    {
        await using var sidecar = await GrpcSidecar.StartAsync();

        var method = new Method<GetMetadataRequest, GetMetadataResponse>(
            MethodType.Unary, "dapr.proto.runtime.v1.Dapr", "Missing", MarshallerOf(GetMetadataRequest.Parser), MarshallerOf(GetMetadataResponse.Parser));
        await sidecar.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new()).FailsAsync(StatusCode.Unimplemented);
        var subtle = await sidecar.Client.SubtleEncryptAlpha1Async(new()).FailsAsync(StatusCode.Unimplemented);
        Assert.Contains("SubtleEncryptAlpha1", subtle.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reflection_ListsTheDaprService()
    {
        await using var sidecar = await GrpcSidecar.StartAsync();
        using var call = new V1.ServerReflection.ServerReflectionClient(sidecar.Channel).ServerReflectionInfo();

        await call.RequestStream.WriteAsync(new() { ListServices = "*" });

        Assert.Contains((await call.ResponseStream.NextAsync()).ListServicesResponse.Service, static service => service.Name == "dapr.proto.runtime.v1.Dapr");
    }

    [Fact]
    public async Task Metrics_OfCalls_HaveDaprsNamesAndLabels()
    {
        await using var sidecar = await GrpcSidecar.StartAsync(static options => options with { MetricsPort = FreePorts.Take() });
        await sidecar.Client.SaveStateAsync(new() { StoreName = "memory", States = { new StateItem { Key = "k", Value = Bytes("12345") } } });
        await sidecar.Client.GetStateAsync(new() { StoreName = "nothing", Key = "k" }).FailsAsync(StatusCode.InvalidArgument);

        using var http = new HttpClient();
        var text = PrometheusText.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{sidecar.Options.MetricsPort}/")).WithinAsync());

        (string, string)[] saved = [("app_id", "shop"), ("grpc_server_method", "/dapr.proto.runtime.v1.Dapr/SaveState"), ("grpc_server_status", "OK")];
        Assert.Equal(1, text.Value("dapr_grpc_io_server_completed_rpcs", saved));
        Assert.Equal(1, text.Value("dapr_grpc_io_server_server_latency_count", saved));
        Assert.Equal(1, text.Value("dapr_grpc_io_server_received_bytes_per_rpc_count", saved[..2]));
        Assert.InRange(text.Value("dapr_grpc_io_server_received_bytes_per_rpc_sum", saved[..2]), 12, 40);
        Assert.Equal(0, text.Value("dapr_grpc_io_server_sent_bytes_per_rpc_sum", saved[..2]));
        Assert.Equal(
            1, text.Value("dapr_grpc_io_server_completed_rpcs", ("grpc_server_method", "/dapr.proto.runtime.v1.Dapr/GetState"), ("grpc_server_status", "InvalidArgument")));
    }

    [Fact]
    public async Task Tracing_OfACall_BelongsToTheCallersTraceInEitherForm()
    {
        await using var sidecar = await GrpcSidecar.StartAsync(configuration: "  tracing:\n    samplingRate: \"1\"\n    stdout: true");
        byte[] binary = [0, 0, .. Convert.FromHexString(TraceId), 1, .. Convert.FromHexString("b7ad6b7169203331"), 2, 1];
        foreach (var headers in new[] { new Metadata { { "traceparent", $"00-{TraceId}-b7ad6b7169203331-01" } }, new Metadata { { "grpc-trace-bin", binary } } })
        {
            using var call = sidecar.Client.GetStateAsync(new() { StoreName = "memory", Key = "k" }, headers);
            var answered = (await call.ResponseHeadersAsync.WithinAsync()).GetValueBytes("grpc-trace-bin");
            await call;

            Assert.NotNull(answered);
            Assert.Equal(29, answered.Length);
            Assert.Equal(TraceId, Convert.ToHexStringLower(answered[2..18]));
            Assert.NotEqual("b7ad6b7169203331", Convert.ToHexStringLower(answered[19..27]));
        }
    }

    [Fact]
    public async Task ApiLogging_OfACall_IsALine()
    {
        using var loggers = new RecordingLoggers();
        await using var sidecar = await GrpcSidecar.StartAsync(static options => options with { ApiLoggingEnabled = true }, loggers: loggers);

        await sidecar.Client.GetStateAsync(new() { StoreName = "memory", Key = "k" });

        var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
        while (!loggers.At(Microsoft.Extensions.Logging.LogLevel.Information).Contains("gRPC API Called"))
        {
            Assert.False(deadline.IsCancellationRequested, "The call left no line in the log.");
            await Task.Yield();
        }
    }

    [Fact]
    public async Task UnixSocket_IsNamedAsDaprdNamesIt()
    {
        using var folder = new TemporaryFolder();
        await using var sidecar = await GrpcSidecar.StartAsync(options => options with { UnixSocketDirectory = folder.Path });
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, token) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(folder["dapr-shop-grpc.socket"]), token);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            },
            DisposeHttpClient = true,
        });

        Assert.Equal("shop", (await new DaprApi.DaprClient(channel).GetMetadataAsync(new())).Id);
    }

    [Fact]
    public async Task Start_WithATakenPort_NamesPortAndFlag()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        host.Add(new SidecarOptions { AppId = "late", HttpPort = FreePorts.Take(), GrpcPort = port, MetricsPort = null });

        var exception = await Assert.ThrowsAsync<SidecarStartException>(() => host.StartAsync(default));

        Assert.Contains($"port {port} (--dapr-grpc-port)", Assert.Single(exception.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_AnswersBeforeTheSidecarGoes()
    {
        await using var sidecar = await GrpcSidecar.StartAsync();

        Assert.False(sidecar.Host.ShutdownRequested.IsCompleted);
        await sidecar.Client.ShutdownAsync(new());

        await sidecar.Host.ShutdownRequested.WithinAsync();
    }

    private static Marshaller<T> MarshallerOf<T>(Google.Protobuf.MessageParser<T> parser)
        where T : Google.Protobuf.IMessage<T>
        => Marshallers.Create(static message => Google.Protobuf.MessageExtensions.ToByteArray(message), parser.ParseFrom);
}
