using System.Diagnostics;

namespace Tandem.Runtime.Metrics;

/// <summary>A distribution of values: how many were at most each bound, their sum and their number.</summary>
public sealed class Histogram
{
    private readonly HistogramBuckets _buckets;
    private readonly long[] _bounds;
    private readonly int _row;
    private readonly long[] _cells;

    internal Histogram(HistogramBuckets buckets)
    {
        _buckets = buckets;
        _bounds = buckets.Bounds;

        // Each stripe: the sum, a number for each bound, and one for what is beyond the last.
        _row = Stripes.RowOf(_bounds.Length + 2);
        _cells = new long[Stripes.Count * _row];
    }

    /// <summary>How many values there were.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            for (var stripe = 0; stripe < _cells.Length; stripe += _row)
            {
                for (var at = 1; at < _bounds.Length + 2; at++)
                {
                    count += Volatile.Read(ref _cells[stripe + at]);
                }
            }

            return count;
        }
    }

    internal HistogramBuckets Buckets => _buckets;

    /// <summary>Counts a value, in the unit of the buckets.</summary>
    public void Record(long value)
    {
        var stripe = Stripes.Current * _row;
        var bucket = Array.BinarySearch(_bounds, value);
        Interlocked.Add(ref _cells[stripe], value);
        Interlocked.Increment(ref _cells[stripe + 1 + (bucket < 0 ? ~bucket : bucket)]);
    }

    /// <summary>Counts the time since a <see cref="Stopwatch.GetTimestamp"/>; for histograms of latencies.</summary>
    public void RecordSince(long began) => Record(Stopwatch.GetTimestamp() - began);

    /// <summary>Adds what was counted to <paramref name="into"/>: a number for each bound and for what is beyond; answers the sum of the values.</summary>
    internal double AddTo(Span<long> into)
    {
        var sum = 0L;
        for (var stripe = 0; stripe < _cells.Length; stripe += _row)
        {
            sum += Volatile.Read(ref _cells[stripe]);
            for (var at = 0; at < _bounds.Length + 1; at++)
            {
                into[at] += Volatile.Read(ref _cells[stripe + 1 + at]);
            }
        }

        return sum / _buckets.Scale;
    }
}
