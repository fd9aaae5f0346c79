using System.Diagnostics.Metrics;
using System.Globalization;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

public sealed class MetricsTests
{
    [Fact]
    public async Task Metrics_AfterRequests_CountThemInPrometheusText()
    {
        await using var service = await TestService.StartAsync();
        using var client = service.Client;
        for (var i = 0; i < 3; i++)
        {
            using var health = await client.GetAsync(Http.At("/health/live"));
        }

        using var response = await client.GetAsync(Http.At("/metrics"));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram\n", text, StringComparison.Ordinal);
        Assert.Contains("http_route=\"/health/live\"", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_process_memory_working_set_bytes", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => Assert.Matches(
            """^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*\})? ([-+0-9.eE]+|[+-]Inf|NaN))$""", line));
    }

    [Fact]
    public async Task Store_OfOwnMeter_AddsUpByLabels()
    {
        using var store = new MetricStore();
        await store.StartAsync(default);
        using var meter = new Meter("Tandem.Tests");
        var orders = meter.CreateCounter<long>("tandem.test.orders", "{order}", "Orders\nof tests");
        var waits = meter.CreateHistogram<double>("tandem.test.wait", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10] });
        var open = meter.CreateObservableGauge("tandem.test.open", static () => 7);

        orders.Add(2, new KeyValuePair<string, object?>("kind", "a\"b"));
        orders.Add(3, new KeyValuePair<string, object?>("kind", "a\"b"));
        waits.Record(1);
        waits.Record(5);
        waits.Record(50);
        var text = PrometheusText.Write(store);

        Assert.True(open.Enabled);

        Assert.Contains("# HELP tandem_test_orders_total Orders\\nof tests\n", text, StringComparison.Ordinal);
        Assert.Contains("tandem_test_orders_total{kind=\"a\\\"b\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("tandem_test_wait_seconds_bucket{le=\"1\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("tandem_test_wait_seconds_bucket{le=\"10\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("tandem_test_wait_seconds_bucket{le=\"+Inf\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("tandem_test_wait_seconds_sum 56\n", text, StringComparison.Ordinal);
        Assert.Contains("tandem_test_open 7\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_WithEndlessLabels_StaysBounded()
    {
        using var store = new MetricStore();
        await store.StartAsync(default);
        using var meter = new Meter("Tandem.Tests.Endless");
        var counter = meter.CreateCounter<long>("tandem.test.endless");

        for (var i = 0; i < 5000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i.ToString(CultureInfo.InvariantCulture)));
        }

        var series = store.Collect().Single(static family => family.Name == "tandem_test_endless_total").Series.ToList();
        Assert.InRange(series.Count, 1000, 2001);
        Assert.Equal(5000, series.Sum(static pair => pair.Value.Read().Value));
    }
}
