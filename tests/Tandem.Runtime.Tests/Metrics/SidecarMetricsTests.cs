using System.Diagnostics;
using System.Text.RegularExpressions;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.PubSub.Delivery;

namespace Tandem.Runtime.Tests.Metrics;

public sealed class SidecarMetricsTests
{
    [Fact]
    public async Task Write_NothingMeasuredYet_ShowsWhatIsAlwaysThere()
    {
        var text = await Registries.Create().ReadAsync();

        Assert.Equal(0, text.Value("dapr_runtime_component_loaded", ("app_id", "shop"), ("namespace", "default")));
        Assert.True(text.Value("process_resident_memory_bytes") > 1_000_000);
        Assert.True(text.Value("process_cpu_seconds_total") > 0);
        Assert.InRange(text.Value("process_start_time_seconds"), 1.7e9, 1e11);
        Assert.DoesNotContain(text.Types.Keys, static name => name.StartsWith("dapr_component_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Latencies_CountsAndHistogram_AreOneMeasure()
    {
        var metrics = Registries.Create();
        var get = metrics.State.For("store")["get"];
        get.Record(true, Stopwatch.GetTimestamp());
        get.Record(true, Stopwatch.GetTimestamp() - (Stopwatch.Frequency / 1000 * 45));
        get.Record(false, Stopwatch.GetTimestamp() - (Stopwatch.Frequency * 200));

        var text = await metrics.ReadAsync();

        (string, string)[] good = [("app_id", "shop"), ("namespace", "default"), ("component", "store"), ("operation", "get"), ("success", "true")];
        Assert.Equal(2, text.Value("dapr_component_state_count", good));
        Assert.Equal("counter", text.Types["dapr_component_state_count"]);
        Assert.Equal("histogram", text.Types["dapr_component_state_latencies"]);
        Assert.Equal(1, text.Value("dapr_component_state_latencies_bucket", [.. good, ("le", "40")]));
        Assert.Equal(2, text.Value("dapr_component_state_latencies_bucket", [.. good, ("le", "50")]));
        Assert.InRange(text.Value("dapr_component_state_latencies_sum", good), 45, 60);
        (string, string)[] bad = [("operation", "get"), ("success", "false")];
        Assert.Equal(0, text.Value("dapr_component_state_latencies_bucket", [.. bad, ("le", "100000")]));
        Assert.Equal(1, text.Value("dapr_component_state_latencies_bucket", [.. bad, ("le", "+Inf")]));
    }

    [Fact]
    public async Task Labels_WithQuotesAndLineBreaks_AreEscaped()
    {
        var metrics = Registries.Create(appId: "a\"b\\c\nd");
        metrics.PubSub.Egress("bus")["orders\"\n"].Record(true, Stopwatch.GetTimestamp());

        var text = await metrics.ReadAsync();

        Assert.Equal(1, text.Value("dapr_component_pubsub_egress_count", ("app_id", "a\"b\\c\nd"), ("topic", "orders\"\n"), ("success", "true")));
    }

    [Fact]
    public async Task Buckets_OfTheConfiguration_ReplaceTheDefaults()
    {
        var metrics = Registries.Create(new MetricsSettings { LatencyBuckets = [0.5, 10, 2000000] });
        metrics.Secrets.For("vault")["get"].Record(true, Stopwatch.GetTimestamp());

        var text = await metrics.ReadAsync();

        Assert.Equal(["0.5", "10", "2e+06", "+Inf"], text.Find("dapr_component_secret_latencies_bucket").Select(static sample => sample.Labels["le"]));
    }

    [Fact]
    public async Task Rules_ReplaceLabelsOfTheMetricThatTheyName()
    {
        var rule = new LabelRule("dapr_http_server_request_count", "path", new Regex("/orders/.+"), "/orders/");
        var metrics = Registries.Create(new MetricsSettings { Rules = [rule] });
        foreach (var id in (ReadOnlySpan<string>)["1", "2", "3"])
        {
            metrics.HttpServer.Record("GET", $"/orders/{id}", 200, Stopwatch.GetTimestamp(), 0, 0);
        }

        var text = await metrics.ReadAsync();

        Assert.Equal(3, text.Value("dapr_http_server_request_count", ("path", "/orders/")));
        Assert.Equal(1, text.Value("dapr_http_server_response_count", ("path", "/orders/2")));
        Assert.Equal(3, text.Find("dapr_http_server_latency_count").Count());
    }

    [Fact]
    public async Task Rules_WithMorePathsThanAreKept_StillMakeOneOfThem()
    {
        var rules = ((ReadOnlySpan<string>)["request_count", "response_count", "latency"]).ToArray().Select(static name
            => new LabelRule($"dapr_http_server_{name}", "path", new Regex("^/orders/.+$"), "/orders/{id}"));
        var metrics = Registries.Create(new MetricsSettings { Rules = [.. rules] });
        for (var i = 0; i < 6000; i++)
        {
            metrics.HttpServer.Record("GET", $"/orders/{i}", 200, Stopwatch.GetTimestamp(), 0, 0);
        }

        Assert.Equal(6000, (await metrics.ReadAsync()).Value("dapr_http_server_request_count"));
    }

    [Fact]
    public async Task Topics_MoreThanAreKept_ShareASeriesWithoutATopic()
    {
        var metrics = Registries.Create();
        var bus = metrics.PubSub.Egress("bus");
        for (var i = 0; i < 5000; i++)
        {
            bus[$"topic{i}"].Record(true, Stopwatch.GetTimestamp());
        }

        var text = await metrics.ReadAsync();

        Assert.Equal(5000, text.Sum("dapr_component_pubsub_egress_count"));
        Assert.Equal(5000 - Measure<Counter>.MostSeries, text.Value("dapr_component_pubsub_egress_count", ("topic", "")));
        Assert.Equal(Measure<Counter>.MostSeries + 1, text.Find("dapr_component_pubsub_egress_count").Count());
    }

    [Fact]
    public async Task Ingress_TellsWhatTheAppDroppedFromWhatFailed()
    {
        var metrics = Registries.Create();
        var orders = metrics.PubSub.Ingress("bus", "orders");
        orders.Record(DeliveryStatus.Success, appAnsweredWell: true, Stopwatch.GetTimestamp());
        orders.Record(DeliveryStatus.Drop, appAnsweredWell: true, Stopwatch.GetTimestamp());
        orders.Record(DeliveryStatus.Drop, appAnsweredWell: false, Stopwatch.GetTimestamp());
        orders.Record(DeliveryStatus.Retry, appAnsweredWell: false, Stopwatch.GetTimestamp());

        var text = await metrics.ReadAsync();

        Assert.Equal(1, text.Value("dapr_component_pubsub_ingress_count", ("process_status", "success"), ("status", "success"), ("topic", "orders")));
        Assert.Equal(1, text.Value("dapr_component_pubsub_ingress_count", ("process_status", "drop"), ("status", "success")));
        Assert.Equal(1, text.Value("dapr_component_pubsub_ingress_count", ("process_status", "drop"), ("status", "")));
        Assert.Equal(1, text.Value("dapr_component_pubsub_ingress_count", ("process_status", "retry")));
    }

    [Fact]
    public async Task ErrorCodes_AreCountedByCategory_WhenTheConfigurationAsks()
    {
        Assert.Null(Registries.Create().ErrorCodes);
        var metrics = Registries.Create(new MetricsSettings { RecordErrorCodes = true });
        metrics.ErrorCodes!.Record("ERR_STATE_STORE_NOT_FOUND");
        metrics.ErrorCodes.Record("ERR_STATE_STORE_NOT_FOUND");
        metrics.ErrorCodes.Record("ERR_MALFORMED_REQUEST");

        var text = await metrics.ReadAsync();

        Assert.Equal(2, text.Value("dapr_error_code_total", ("category", "state"), ("error_code", "ERR_STATE_STORE_NOT_FOUND")));
        Assert.Equal(1, text.Value("dapr_error_code_total", ("category", "common")));
    }

    [Fact]
    public async Task Counting_FromManyThreads_LosesNothing()
    {
        var metrics = Registries.Create();
        var get = metrics.State.For("store")["get"];
        await Parallel.ForAsync(0, 8, async (_, _) =>
        {
            await Task.Yield();
            for (var i = 0; i < 20_000; i++)
            {
                get.Record(true, Stopwatch.GetTimestamp());
            }
        });

        Assert.Equal(160_000, (await metrics.ReadAsync()).Value("dapr_component_state_count"));
    }

    [Fact]
    public void Recording_ACallSeenBefore_AllocatesNothing()
    {
        var metrics = Registries.Create();
        var target = metrics.Invocation.To("callee");
        Record();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Record();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record()
        {
            var began = Stopwatch.GetTimestamp();
            metrics.HttpServer.Record("GET", "/v1.0/invoke/callee/method/hello", 200, began, 10, 20);
            metrics.HttpServer.Record("PUT", "/v1.0/actors/Cart/7/method/Add", 200, began, 10, 20);
            metrics.HttpClient.Record("GET", "/hello?x=1", 200, began, 10, 20);
            target.Sent();
            target.Answered(200, began);
            var caller = metrics.Invocation.From("caller");
            caller.Received();
            caller.Answered(200);
        }
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(9090, false)]
    public void Create_PortOrConfigurationTurnsThemOff_MakesNone(int? port, bool enabled)
        => Assert.Null(SidecarMetrics.Create(new SidecarOptions { AppId = "shop", MetricsPort = port }, new MetricsSettings { Enabled = enabled }));
}
