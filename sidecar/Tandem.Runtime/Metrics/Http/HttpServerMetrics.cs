namespace Tandem.Runtime.Metrics.Http;

/// <summary>What the sidecar's HTTP API is asked.</summary>
public sealed class HttpServerMetrics
{
    private readonly HttpSeries _calls;
    private readonly Histogram _requestBytes;
    private readonly Histogram _responseBytes;

    internal HttpServerMetrics(MetricRegistry registry, MetricsSettings settings)
    {
        _calls = new HttpSeries(
            registry.AddLatencies(
                registry.HttpLabels("method", "path", "status"),
                "path",
                new("dapr_http_server_request_count", MetricKind.Counter, "The number of requests to the HTTP API."),
                new("dapr_http_server_response_count", MetricKind.Counter, "The number of answers of the HTTP API."),
                new("dapr_http_server_latency", MetricKind.Histogram, "The time from a request to the HTTP API to the end of its answer, in milliseconds.")),
            settings);
        _requestBytes = registry
            .AddSizes(registry.HttpLabels(), null, new Metric("dapr_http_server_request_bytes", MetricKind.Histogram, "The size of request bodies as Content-Length says, in bytes."))
            .Get();
        _responseBytes = registry
            .AddSizes(registry.HttpLabels(), null, new Metric("dapr_http_server_response_bytes", MetricKind.Histogram, "The size of answers' bodies, in bytes."))
            .Get();
    }

    /// <summary>A request was answered.</summary>
    public void Record(string method, ReadOnlySpan<char> path, int status, long began, long requestBytes, long responseBytes)
    {
        _calls.Find(method, path, status).RecordSince(began);
        _requestBytes.Record(requestBytes);
        _responseBytes.Record(responseBytes);
    }
}
