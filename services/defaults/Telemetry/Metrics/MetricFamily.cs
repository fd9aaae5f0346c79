using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Tandem.ServiceDefaults;

/// <summary>One instrument and its series, one for each set of labels.</summary>
internal sealed class MetricFamily
{
    /// <summary>A label whose values know no end must not eat the memory: what comes after goes into one series.</summary>
    private const int MostSeries = 2000;
    private const string OverflowLabels = "otel_metric_overflow=\"true\"";

    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);

    private MetricFamily(string name, MetricKind kind, string? help, double[]? bounds)
    {
        Name = name;
        Kind = kind;
        Help = help;
        Bounds = bounds;
    }

    public string Name { get; }

    public MetricKind Kind { get; }

    public string? Help { get; }

    /// <summary>The upper ends of a histogram's buckets.</summary>
    public double[]? Bounds { get; }

    public IEnumerable<KeyValuePair<string, MetricSeries>> Series => _series.OrderBy(static pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The family of an instrument, or nothing when it is of a kind that Prometheus has no word for.</summary>
    public static MetricFamily? TryCreate(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType)
        {
            return null;
        }

        var generic = type.GetGenericTypeDefinition();
        var kind = generic == typeof(Counter<>) ? MetricKind.Counter
            : generic == typeof(ObservableCounter<>) ? MetricKind.ObservedCounter
            : generic == typeof(UpDownCounter<>) ? MetricKind.UpDownCounter
            : generic == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
        var bounds = kind == MetricKind.Histogram ? BoundsOf(instrument) : null;
        return new MetricFamily(PrometheusText.NameOf(instrument.Name, instrument.Unit, kind), kind, instrument.Description, bounds);
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = tags.IsEmpty ? "" : LabelsOf(tags);
        if (!_series.TryGetValue(labels, out var series))
        {
            series = _series.GetOrAdd(_series.Count < MostSeries ? labels : OverflowLabels, static (_, bounds) => new MetricSeries(bounds), Bounds);
        }

        series.Record(Kind, value);
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(static bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(static bound => (double)bound)],
        _ => DefaultBounds,
    };

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder(64);
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0)
            {
                text.Append(',');
            }

            PrometheusText.AppendLabel(text, name, value);
        }

        return text.ToString();
    }
}
