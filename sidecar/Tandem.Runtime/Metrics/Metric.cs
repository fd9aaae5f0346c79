namespace Tandem.Runtime.Metrics;

/// <summary>What kind of metric Prometheus is told.</summary>
public enum MetricKind
{
    /// <summary>A number that only grows.</summary>
    Counter,

    /// <summary>A number that goes up and down.</summary>
    Gauge,

    /// <summary>A distribution.</summary>
    Histogram,
}

/// <summary>One metric as it is shown.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Help">What it says.</param>
/// <param name="Without">A label of its measure that this metric does not have.</param>
public sealed record Metric(string Name, MetricKind Kind, string Help, string? Without = null);
