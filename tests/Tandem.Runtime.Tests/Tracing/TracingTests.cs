using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry;
using Tandem.Runtime.Tests.Metrics;
using Tandem.Runtime.Tests.Support;
using Tandem.Runtime.Tracing;
using Tandem.Runtime.Tracing.Export;
using Tandem.Sidecar;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Tracing;

public sealed class TracingTests : IDisposable
{
    private const string Given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("http")]
    [InlineData("grpc")]
    public async Task Invoke_TwoSidecars_SpansAreLinkedFromCallerToApp(string protocol)
    {
        await using var collector = await SpanCollector.StartAsync(isGrpc: protocol is "grpc", Deadline);
        string? seen = null;
        await using var app = await TestApp.StartAsync(
            http =>
            {
                if (http.Request.Path == "/greet")
                {
                    seen = http.Request.Headers.TraceParent;
                }

                return http.Response.WriteAsync("hello");
            },
            Deadline);
        var configuration = WriteConfiguration($"samplingRate: '1', otel: {{ endpointAddress: 'localhost:{collector.Port}', isSecure: false, protocol: {protocol}, headers: {{ x-key: 'a b' }} }}");
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        var caller = Options("caller", configuration);
        host.Add(caller);
        host.Add(Options("callee", configuration) with { AppPort = app.Port });
        await host.StartAsync(Deadline);

        using var answer = await _http.GetAsync($"http://127.0.0.1:{caller.HttpPort}/v1.0/invoke/callee/method/greet?x=1", Deadline);
        var spans = await collector.TakeAsync(2).WithinAsync();

        var root = spans.Single(static span => span.Name == "/v1.0/invoke/callee/method/greet");
        var call = spans.Single(static span => span.Name == "CallLocal/callee/greet");
        Assert.Equal(("", "caller"), (root.ParentId, root.Service));
        Assert.Equal((root.SpanId, root.TraceId, "callee"), (call.ParentId, call.TraceId, call.Service));
        Assert.Equal($"00-{call.TraceId}-{call.SpanId}-01", seen);
        Assert.Equal($"00-{root.TraceId}-{root.SpanId}-01", Assert.Single(answer.Headers.GetValues("traceparent")));
        Assert.Equal("ServiceInvocation", root.Tags["rpc.service"]);
        Assert.Equal("GET /v1.0/invoke/callee/method/greet", root.Tags["dapr.api"]);
        Assert.Equal("a b", collector.Key);
    }

    [Fact]
    public async Task PublishAndState_Zipkin_DeliveryFollowsThePublisher()
    {
        await using var collector = await SpanCollector.StartAsync(isGrpc: false, Deadline);
        var delivered = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(
            async http =>
            {
                switch (http.Request.Path.Value)
                {
                    case "/dapr/subscribe":
                        await http.Response.WriteAsync("""[{"pubsubname":"bus","topic":"orders","route":"/orders"}]""");
                        break;
                    case "/orders":
                        delivered.TrySetResult(http.Request.Headers.TraceParent);
                        break;
                    default:
                        http.Response.StatusCode = 404;
                        break;
                }
            },
            Deadline);
        File.WriteAllText(_folder["bus.yaml"], """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: bus }
            spec: { type: pubsub.in-memory, version: v1 }
            """);
        File.WriteAllText(_folder["store.yaml"], """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: store }
            spec: { type: state.in-memory, version: v1 }
            """);
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        var options = Options("shop", WriteConfiguration($"samplingRate: '1', zipkin: {{ endpointAddress: 'http://localhost:{collector.Port}/api/v2/spans' }}")) with { AppPort = app.Port, ResourcesPaths = [_folder.Path] };
        host.Add(options);
        await host.StartAsync(Deadline);
        await WaitForSubscriptionAsync(options);

        using var publish = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{options.HttpPort}/v1.0/publish/bus/orders") { Content = new StringContent("1") };
        publish.Headers.Add("traceparent", Given);
        await _http.SendAsync(publish, Deadline);
        var header = await delivered.Task.WithinAsync();
        await _http.GetAsync($"http://127.0.0.1:{options.HttpPort}/v1.0/state/store/key", Deadline);
        var spans = await collector.TakeAsync(3).WithinAsync();

        var api = spans.Single(static span => span.Name == "/v1.0/publish/bus/orders");
        var delivery = spans.Single(static span => span.Name == "pubsub/orders");
        var state = spans.Single(static span => span.Name == "/v1.0/state/store/key");
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "CLIENT"), (api.TraceId, api.ParentId, api.Kind));
        Assert.Equal((api.TraceId, api.SpanId), (delivery.TraceId, delivery.ParentId));
        Assert.Equal($"00-{delivery.TraceId}-{delivery.SpanId}-01", header);
        Assert.Equal(("pubsub", "orders"), (api.Tags["messaging.system"], delivery.Tags["messaging.destination.name"]));
        Assert.Equal(("state", "store"), (state.Tags["db.system"], state.Tags["db.name"]));
        Assert.NotEqual(api.TraceId, state.TraceId);
    }

    [Fact]
    public void Create_RateOfNothing_MakesNoSpans()
    {
        Assert.Null(TraceContext.Create("shop", new TracingSettings(), null, NullLoggerFactory.Instance));
        Assert.Null(TraceContext.Create("shop", new TracingSettings { SamplingRate = 0, Stdout = true }, null, NullLoggerFactory.Instance));
    }

    [Theory]
    [InlineData(1.0, 2000, 2000)]
    [InlineData(0.5, 850, 1150)]
    [InlineData(0.000001, 0, 5)]
    public void Start_ManyTraces_RecordsTheirShare(double rate, int least, int most)
    {
        using var tracing = TraceContext.Create("shop", new TracingSettings { SamplingRate = rate }, null, NullLoggerFactory.Instance)!;
        using var other = TraceContext.Create("other", new TracingSettings { SamplingRate = rate }, null, NullLoggerFactory.Instance)!;
        var recorded = 0;
        for (var i = 0; i < 2000; i++)
        {
            using var span = tracing.Start("root", ActivityKind.Client, null, null);
            using var child = other.Start("child", ActivityKind.Server, span!.Id, null);
            Assert.Equal(span.Recorded, child!.Recorded);
            Assert.Equal((span.TraceId, span.SpanId), (child.TraceId, child.ParentSpanId));
            recorded += span.Recorded ? 1 : 0;
        }

        Assert.InRange(recorded, least, most);
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", 0.000001, true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", 1.0, false)]
    [InlineData("nonsense", 1.0, true)]
    public void Start_CallerDecided_KeepsItsDecision(string traceParent, double rate, bool recorded)
    {
        using var tracing = TraceContext.Create("shop", new TracingSettings { SamplingRate = rate }, null, NullLoggerFactory.Instance)!;
        using var span = tracing.Start("call", ActivityKind.Client, traceParent, "vendor=1");
        Assert.Equal(recorded, span!.Recorded);
        Assert.Equal(traceParent.StartsWith("00-", StringComparison.Ordinal), span.Id!.StartsWith(traceParent[..Math.Min(35, traceParent.Length)], StringComparison.Ordinal));
    }

    [Fact]
    public async Task SpanQueue_CollectorHangs_DropsAndCountsWithoutWaiting()
    {
        var metrics = Registries.Create();
        using var exporter = new HangingExporter();
        using (var queue = new SpanQueue(exporter, "test", metrics.Spans))
        {
            for (var i = 0; i < 10_000; i++)
            {
                using var span = new Activity("span") { ActivityTraceFlags = ActivityTraceFlags.Recorded };
                span.Start();
                span.Stop();
                queue.OnEnd(span);
            }

            Assert.InRange((await metrics.ReadAsync()).Value("tandem_spans_dropped_total", ("exporter", "test")), 10_000 - (2 * SpanQueue.MostWaiting), 10_000 - SpanQueue.MostWaiting);
            exporter.Release();
        }
    }

    [Theory]
    [InlineData("samplingRate: '2'", "spec.tracing.samplingRate must be a number from 0 to 1")]
    [InlineData("otel: { endpointAddress: 'localhost:4317', protocol: udp }", "spec.tracing.otel.protocol must be http or grpc")]
    [InlineData("otel: { endpointAddress: '::::' }", "spec.tracing.otel.endpointAddress must be an address")]
    [InlineData("zipkin: { endpointAddress: 'localhost' }", "spec.tracing.zipkin.endpointAddress must be a URL")]
    public async Task Start_BrokenConfiguration_NamesTheField(string tracing, string fault)
    {
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        host.Add(Options("shop", WriteConfiguration(tracing)));

        var exception = await Assert.ThrowsAsync<SidecarStartException>(() => host.StartAsync(Deadline));

        Assert.Contains(fault, Assert.Single(exception.Faults), StringComparison.Ordinal);
    }

    private async Task WaitForSubscriptionAsync(SidecarOptions options)
    {
        while (true)
        {
            using var metadata = JsonDocument.Parse(await _http.GetStringAsync($"http://127.0.0.1:{options.HttpPort}/v1.0/metadata", Deadline));
            if (metadata.RootElement.TryGetProperty("subscriptions", out var subscriptions) && subscriptions.GetArrayLength() > 0)
            {
                return;
            }
        }
    }

    private string WriteConfiguration(string tracing)
    {
        var path = _folder["config.yml.txt"];
        File.WriteAllText(path, $$"""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: config }
            spec: { tracing: { {{tracing}} } }
            """);
        return path;
    }

    private static SidecarOptions Options(string appId, string configuration)
        => new() { AppId = appId, HttpPort = FreePorts.Take(), GrpcPort = 0, MetricsPort = null, ConfigPaths = [configuration] };

    private sealed class HangingExporter : BaseExporter<Activity>, ICountedExporter
    {
        private readonly ManualResetEventSlim _release = new();

        public Action<int, ExportResult>? Taken { get; set; }

        public void Release() => _release.Set();

        public override ExportResult Export(in Batch<Activity> batch)
        {
            _release.Wait(Deadline);
            Taken?.Invoke((int)batch.Count, ExportResult.Success);
            return ExportResult.Success;
        }

        protected override void Dispose(bool disposing)
        {
            _release.Dispose();
            base.Dispose(disposing);
        }
    }
}
