using Grpc.Core;

namespace Tandem.Runtime.Metrics.Grpc;

/// <summary>What the sidecar's gRPC port is asked.</summary>
public sealed class GrpcServerMetrics
{
    private const string Method = "grpc_server_method";

    private readonly BoundedCache<GrpcMethodMeter> _methods;

    internal GrpcServerMetrics(MetricRegistry registry)
    {
        var calls = registry.AddLatencies(
            registry.HttpLabels(Method, "grpc_server_status"),
            Method,
            new("dapr_grpc_io_server_completed_rpcs", MetricKind.Counter, "The number of gRPC calls that ended."),
            new("dapr_grpc_io_server_server_latency", MetricKind.Histogram, "The time that a gRPC call took, in milliseconds."));
        var received = registry.AddSizes(
            registry.HttpLabels(Method), Method, new Metric("dapr_grpc_io_server_received_bytes_per_rpc", MetricKind.Histogram, "The size of the requests of gRPC calls, in bytes."));
        var sent = registry.AddSizes(
            registry.HttpLabels(Method), Method, new Metric("dapr_grpc_io_server_sent_bytes_per_rpc", MetricKind.Histogram, "The size of the answers of gRPC calls, in bytes."));
        _methods = new BoundedCache<GrpcMethodMeter>(
            method => new GrpcMethodMeter(status => calls.Get(method, GrpcStatusNames.NameOf((StatusCode)status)), () => received.Get(method), () => sent.Get(method)));
    }

    /// <summary>What measures one method.</summary>
    /// <param name="method">The path of its calls, such as <c>/dapr.proto.runtime.v1.Dapr/GetState</c>.</param>
    public GrpcMethodMeter For(string method) => _methods.Get(method);
}

/// <summary>Measures the calls of one method.</summary>
public sealed class GrpcMethodMeter
{
    private readonly StatusSeries<Histogram> _calls;
    private readonly Lazy<Histogram> _received;
    private readonly Lazy<Histogram> _sent;

    internal GrpcMethodMeter(Func<int, Histogram> calls, Func<Histogram> received, Func<Histogram> sent)
    {
        _calls = new StatusSeries<Histogram>(calls);
        _received = new Lazy<Histogram>(received);
        _sent = new Lazy<Histogram>(sent);
    }

    /// <summary>A call ended.</summary>
    /// <param name="began">When it began, a <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>.</param>
    public void Ended(StatusCode status, long began) => _calls.Find((int)status).RecordSince(began);

    /// <summary>The sizes of a call with one request and one answer, in bytes; 0 for none.</summary>
    public void Carried(long receivedBytes, long sentBytes)
    {
        _received.Value.Record(receivedBytes);
        _sent.Value.Record(sentBytes);
    }
}
