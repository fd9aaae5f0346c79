using System.Globalization;

namespace Tandem.Runtime.Metrics;

/// <summary>Calls from app to app, as the calling and as the called sidecar see them.</summary>
public sealed class InvocationMetrics
{
    private const string Type = "unary";

    private readonly Measure<Counter> _sent;
    private readonly Measure<Histogram> _answered;
    private readonly Measure<Counter> _received;
    private readonly Measure<Counter> _answers;
    private readonly BoundedCache<CallerMeter> _callers;

    internal InvocationMetrics(MetricRegistry registry)
    {
        _sent = registry.AddCounter(
            registry.Labels("dst_app_id", "type"),
            "dst_app_id",
            new Metric("dapr_runtime_service_invocation_req_sent_total", MetricKind.Counter, "The number of calls to other apps that were sent."));
        _received = registry.AddCounter(
            registry.Labels("src_app_id", "type"),
            "src_app_id",
            new Metric("dapr_runtime_service_invocation_req_recv_total", MetricKind.Counter, "The number of calls of other apps that were received."));
        _answers = registry.AddCounter(
            registry.Labels("dst_app_id", "status", "type"),
            "dst_app_id",
            new Metric("dapr_runtime_service_invocation_res_sent_total", MetricKind.Counter, "The number of answers that were sent to other apps."));
        _answered = registry.AddLatencies(
            registry.Labels("src_app_id", "status", "type"),
            "src_app_id",
            new("dapr_runtime_service_invocation_res_recv_total", MetricKind.Counter, "The number of answers that were received from other apps."),
            new("dapr_runtime_service_invocation_res_recv_latency_ms", MetricKind.Histogram, "The time until another app answered a call, in milliseconds.", Without: "type"));
        _callers = new BoundedCache<CallerMeter>(appId => new CallerMeter(_received.Get(appId, Type), status => _answers.Get(appId, Name(status), Type)));
    }

    /// <summary>What counts the calls to one app.</summary>
    public CalleeMeter To(string appId) => new(() => _sent.Get(appId, Type), status => _answered.Get(appId, Name(status), Type));

    /// <summary>What counts the calls of one app.</summary>
    public CallerMeter From(string appId) => _callers.Get(appId);

    private static string Name(int status) => status.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Counts the calls to one app.</summary>
public sealed class CalleeMeter
{
    private readonly Func<Counter> _findSent;
    private readonly StatusSeries<Histogram> _answered;
    private Counter? _sent;

    internal CalleeMeter(Func<Counter> findSent, Func<int, Histogram> answered)
    {
        _findSent = findSent;
        _answered = new StatusSeries<Histogram>(answered);
    }

    /// <summary>A call was sent.</summary>
    public void Sent() => (_sent ??= _findSent()).Add();

    /// <summary>The call was answered.</summary>
    public void Answered(int status, long began) => _answered.Find(status).RecordSince(began);
}

/// <summary>Counts the calls of one app.</summary>
public sealed class CallerMeter
{
    private readonly Counter _received;
    private readonly StatusSeries<Counter> _answers;

    internal CallerMeter(Counter received, Func<int, Counter> answers)
    {
        _received = received;
        _answers = new StatusSeries<Counter>(answers);
    }

    /// <summary>A call came in.</summary>
    public void Received() => _received.Add();

    /// <summary>It was answered.</summary>
    public void Answered(int status) => _answers.Find(status).Add();
}
