using System.IO.Pipelines;
using Tandem.Runtime.Metrics.Text;

namespace Tandem.Runtime.Metrics;

/// <summary>All metrics of one sidecar, in the order in which they are shown.</summary>
internal sealed class MetricRegistry
{
    private readonly List<IMetricSource> _sources = [];
    private readonly LabelRules _rules;
    private readonly HistogramBuckets _latencies;
    private readonly KeyValuePair<string, string>[] _app;
    private readonly KeyValuePair<string, string>[] _appAndNamespace;

    public MetricRegistry(SidecarOptions options, MetricsSettings settings)
    {
        _rules = new LabelRules(settings.Rules);
        _latencies = HistogramBuckets.ForLatencies(settings.LatencyBuckets);
        _app = [new("app_id", options.AppId)];
        _appAndNamespace = [.. _app, new("namespace", options.Namespace)];
    }

    /// <summary>The labels of a metric about HTTP, which names the app alone.</summary>
    public MetricLabels HttpLabels(params string[] names) => new(_rules, _app, names);

    /// <summary>The labels of any other metric, which names the app and its namespace.</summary>
    public MetricLabels Labels(params string[] names) => new(_rules, _appAndNamespace, names);

    /// <summary>Adds something that is counted.</summary>
    /// <param name="unbounded">The label whose values callers choose.</param>
    public Measure<Counter> AddCounter(MetricLabels labels, string? unbounded, params Metric[] metrics)
        => Add(new Measure<Counter>(labels, unbounded, static () => new Counter(), metrics));

    /// <summary>Adds something whose time is taken.</summary>
    /// <param name="unbounded">The label whose values callers choose.</param>
    public Measure<Histogram> AddLatencies(MetricLabels labels, string? unbounded, params Metric[] metrics)
        => Add(new Measure<Histogram>(labels, unbounded, () => new Histogram(_latencies), metrics));

    /// <summary>Adds something whose size is taken.</summary>
    /// <param name="unbounded">The label whose values callers choose.</param>
    public Measure<Histogram> AddSizes(MetricLabels labels, string? unbounded, params Metric[] metrics)
        => Add(new Measure<Histogram>(labels, unbounded, static () => new Histogram(HistogramBuckets.Sizes), metrics));

    /// <summary>Adds a metric that is read when it is asked for.</summary>
    public void AddReading(Metric metric, MetricLabels labels, Func<double> read) => Add(new Reading(metric, labels, read));

    /// <summary>Adds metrics of any other kind.</summary>
    public TSource Add<TSource>(TSource source)
        where TSource : IMetricSource
    {
        _sources.Add(source);
        return source;
    }

    /// <summary>Writes all metrics.</summary>
    public async Task WriteAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        var writer = new PrometheusWriter(output);
        foreach (var source in _sources)
        {
            source.WriteTo(writer);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class Reading(Metric metric, MetricLabels labels, Func<double> read) : IMetricSource
    {
        public void WriteTo(PrometheusWriter writer)
        {
            writer.StartFamily(metric);
            writer.WriteSample(metric.Name, labels.Format(metric, []), read());
        }
    }
}
