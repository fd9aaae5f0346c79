using System.Diagnostics;
using System.Globalization;

namespace Tandem.Runtime.Metrics;

/// <summary>The bounds of a histogram's buckets; values are counted as whole numbers of a smaller unit than they are shown in.</summary>
internal sealed class HistogramBuckets
{
    /// <summary>Dapr's default bounds for latencies, in milliseconds.</summary>
    public static readonly double[] DefaultLatencies =
    [
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1000, 2000, 5000, 10000, 20000, 50000, 100000,
    ];

    /// <summary>The bounds for sizes, in bytes: from 1 KB to 4 GB.</summary>
    public static readonly HistogramBuckets Sizes = new(
        [1 << 10, 1 << 11, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26, 1 << 28, 1 << 30, 1L << 32], 1);

    private HistogramBuckets(double[] bounds, double scale)
    {
        Scale = scale;
        Bounds = [.. bounds.Select(bound => (long)(bound * scale))];
        Names = [.. bounds.Select(NameOf)];
    }

    /// <summary>The bounds in the unit that is counted in.</summary>
    public long[] Bounds { get; }

    /// <summary>The bounds as values of the label <c>le</c>.</summary>
    public string[] Names { get; }

    /// <summary>How many units that are counted make one that is shown.</summary>
    public double Scale { get; }

    /// <summary>Buckets for times: counted in the stopwatch's ticks, shown in milliseconds.</summary>
    public static HistogramBuckets ForLatencies(double[] milliseconds) => new(milliseconds, Stopwatch.Frequency / 1000.0);

    /// <summary>A bound as Dapr writes it: from a million on with an exponent.</summary>
    private static string NameOf(double bound)
        => bound < 1e6 ? bound.ToString("R", CultureInfo.InvariantCulture) : bound.ToString("0.###############e+00", CultureInfo.InvariantCulture);
}
