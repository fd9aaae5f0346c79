namespace Tandem.ServiceDefaults;

/// <summary>The numbers of one set of labels.</summary>
internal sealed class MetricSeries(double[]? bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = bounds is null ? [] : new long[bounds.Length + 1];
    private double _value;
    private long _count;

    public void Record(MetricKind kind, double value)
    {
        lock (_gate)
        {
            switch (kind)
            {
                case MetricKind.Counter or MetricKind.UpDownCounter:
                    _value += value;
                    break;
                case MetricKind.Histogram:
                    _value += value;
                    _count++;
                    var index = Array.BinarySearch(bounds!, value);
                    _buckets[index < 0 ? ~index : index]++;
                    break;
                default:
                    _value = value;
                    break;
            }
        }
    }

    /// <summary>The value, or a histogram's sum, count and buckets, all of one moment.</summary>
    public (double Value, long Count, long[] Buckets) Read()
    {
        lock (_gate)
        {
            return (_value, _count, [.. _buckets]);
        }
    }
}
