using System.Globalization;

namespace Tandem.Runtime.Metrics.Http;

/// <summary>What the sidecar asks its app.</summary>
public sealed class HttpClientMetrics
{
    private readonly HttpSeries _calls;
    private readonly HttpSeries _sentBytes;
    private readonly Histogram _receivedBytes;
    private readonly Measure<Histogram> _probes;

    internal HttpClientMetrics(MetricRegistry registry, MetricsSettings settings)
    {
        _calls = new HttpSeries(
            registry.AddLatencies(
                registry.HttpLabels("method", "path", "status"),
                "path",
                new("dapr_http_client_completed_count", MetricKind.Counter, "The number of requests that the app answered."),
                new("dapr_http_client_roundtrip_latency", MetricKind.Histogram, "The time until the app answered a request, in milliseconds.")),
            settings);
        _sentBytes = new HttpSeries(
            registry.AddSizes(
                registry.HttpLabels("method", "path", "status"),
                "path",
                new Metric("dapr_http_client_sent_bytes", MetricKind.Histogram, "The size of the bodies of requests to the app, in bytes.")),
            settings);
        _receivedBytes = registry
            .AddSizes(registry.HttpLabels(), null, new Metric("dapr_http_client_received_bytes", MetricKind.Histogram, "The size of the app's answers as Content-Length says, in bytes."))
            .Get();
        _probes = registry.AddLatencies(
            registry.HttpLabels("status"),
            null,
            new("dapr_http_healthprobes_completed_count", MetricKind.Counter, "The number of health probes that the app answered."),
            new("dapr_http_healthprobes_roundtrip_latency", MetricKind.Histogram, "The time until the app answered a health probe, in milliseconds."));
    }

    /// <summary>The app answered a request.</summary>
    /// <param name="path">The app's path, with or without a query.</param>
    public void Record(string method, ReadOnlySpan<char> path, int status, long began, long sentBytes, long receivedBytes)
    {
        // Dapr names the app's methods without a slash before them.
        path = path.TrimStart('/');
        path = path.IndexOf('?') is >= 0 and var query ? path[..query] : path;
        _calls.Find(method, path, status).RecordSince(began);
        _sentBytes.Find(method, path, 0).Record(sentBytes);
        _receivedBytes.Record(receivedBytes);
    }

    /// <summary>The app answered a health probe.</summary>
    public void RecordProbe(int status, long began) => _probes.Get(status.ToString(CultureInfo.InvariantCulture)).RecordSince(began);
}
