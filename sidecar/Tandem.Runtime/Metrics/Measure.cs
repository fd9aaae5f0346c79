namespace Tandem.Runtime.Metrics;

/// <summary>
/// Something that is measured, in one series for each set of label values, and the metrics that show it: Dapr's count and its latencies
/// of the same calls are one histogram here, so that a call is measured once.
/// </summary>
/// <typeparam name="TValue"><see cref="Counter"/> or <see cref="Histogram"/>.</typeparam>
public sealed class Measure<TValue> : IMetricSource
    where TValue : class
{
    /// <summary>
    /// The most series; with that many, the label that knows no bound is left empty in all that would be new, so that callers cannot make a
    /// sidecar's memory grow by calling ever new paths.
    /// </summary>
    internal const int MostSeries = 4096;

    private readonly Lock _lock = new();
    private readonly Metric[] _metrics;
    private readonly MetricLabels _labels;
    private readonly Func<TValue> _create;
    private readonly int _unbounded;
    private readonly Dictionary<string, Series> _byKey = new(StringComparer.Ordinal);

    internal Measure(MetricLabels labels, string? unboundedLabel, Func<TValue> create, params Metric[] metrics)
    {
        _metrics = metrics;
        _labels = labels;
        _create = create;
        _unbounded = labels.IndexOf(unboundedLabel);
    }

    /// <summary>The series for these values of the labels, in the order in which the measure names them. Keep it where it is used often.</summary>
    public TValue Get(params ReadOnlySpan<string> values)
    {
        var texts = new string[_metrics.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = i > 0 && !_labels.AreSpecialFor(_metrics[i]) && !_labels.AreSpecialFor(_metrics[0]) ? texts[0] : _labels.Format(_metrics[i], values);
        }

        var key = string.Join('\n', texts);
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var series))
            {
                return series.Value;
            }

            if (_byKey.Count < MostSeries || _unbounded < 0 || values[_unbounded].Length == 0)
            {
                series = new Series(texts, _create());
                _byKey.Add(key, series);
                return series.Value;
            }
        }

        string[] bounded = [.. values];
        bounded[_unbounded] = "";
        return Get(bounded);
    }

    /// <inheritdoc/>
    void IMetricSource.WriteTo(Text.PrometheusWriter writer)
    {
        Series[] all;
        lock (_lock)
        {
            all = [.. _byKey.Values];
        }

        for (var i = 0; i < _metrics.Length && all.Length > 0; i++)
        {
            var at = i;
            writer.StartFamily(_metrics[i]);

            // Rules may have made one of several.
            foreach (var same in all.GroupBy(series => series.Texts[at], StringComparer.Ordinal))
            {
                Write(writer, _metrics[i], same.Key, same);
            }
        }
    }

    private static void Write(Text.PrometheusWriter writer, Metric metric, string labels, IEnumerable<Series> series)
    {
        if (metric.Kind is not MetricKind.Histogram)
        {
            writer.WriteSample(metric.Name, labels, series.Sum(static one => one.Value is Counter counter ? counter.Value : ((Histogram)(object)one.Value).Count));
            return;
        }

        HistogramBuckets? buckets = null;
        long[] counts = [];
        var sum = 0.0;
        foreach (var histogram in series.Select(static one => (Histogram)(object)one.Value))
        {
            buckets ??= histogram.Buckets;
            counts = counts.Length == 0 ? new long[buckets.Bounds.Length + 1] : counts;
            sum += histogram.AddTo(counts);
        }

        writer.WriteHistogram(metric.Name, labels, buckets!.Names, counts, sum);
    }

    private sealed record Series(string[] Texts, TValue Value);
}

/// <summary>Something that has metrics to show.</summary>
internal interface IMetricSource
{
    /// <summary>Writes all its metrics.</summary>
    void WriteTo(Text.PrometheusWriter writer);
}
