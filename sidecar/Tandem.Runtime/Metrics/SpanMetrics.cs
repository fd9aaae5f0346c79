namespace Tandem.Runtime.Metrics;

/// <summary>What became of spans on their way to a collector. Dapr has no such metrics, so these have a name of their own.</summary>
public sealed class SpanMetrics
{
    private readonly Measure<Counter> _exported;
    private readonly Measure<Counter> _failed;
    private readonly Measure<Counter> _dropped;

    internal SpanMetrics(MetricRegistry registry)
    {
        _exported = Add("exported", "The number of spans that a collector took.");
        _failed = Add("failed", "The number of spans that could not be sent.");
        _dropped = Add("dropped", "The number of spans that found the queue full.");

        Measure<Counter> Add(string name, string help)
            => registry.AddCounter(registry.Labels("exporter"), null, new Metric($"tandem_spans_{name}_total", MetricKind.Counter, help));
    }

    internal Counter Exported(string exporter) => _exported.Get(exporter);

    internal Counter Failed(string exporter) => _failed.Get(exporter);

    internal Counter Dropped(string exporter) => _dropped.Get(exporter);
}
