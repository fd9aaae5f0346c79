namespace Tandem.Runtime.Metrics;

/// <summary>The Configuration's <c>spec.metrics</c> (or <c>spec.metric</c>).</summary>
public sealed record MetricsSettings
{
    /// <summary><c>enabled</c></summary>
    public bool Enabled { get; init; } = true;

    /// <summary><c>latencyDistributionBuckets</c>: the upper bounds of latencies, in milliseconds.</summary>
    public double[] LatencyBuckets { get; init; } = HistogramBuckets.DefaultLatencies;

    /// <summary><c>rules</c></summary>
    public IReadOnlyList<LabelRule> Rules { get; init; } = [];

    /// <summary><c>http.increasedCardinality</c>: whether each path has numbers of its own.</summary>
    public bool IncreasedCardinality { get; init; } = true;

    /// <summary><c>http.pathMatching</c>: patterns such as <c>/orders/{orderID}</c>, whose paths count as one.</summary>
    public IReadOnlyList<string> PathMatching { get; init; } = [];

    /// <summary><c>http.excludeVerbs</c>: whether all methods count as one.</summary>
    public bool ExcludeVerbs { get; init; }

    /// <summary><c>recordErrorCodes</c>: whether the API's error codes are counted.</summary>
    public bool RecordErrorCodes { get; init; }
}
