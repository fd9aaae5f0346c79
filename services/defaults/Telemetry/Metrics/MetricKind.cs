namespace Tandem.ServiceDefaults;

/// <summary>How the measurements of an instrument add up.</summary>
internal enum MetricKind
{
    /// <summary>Each measurement is added, and only goes up.</summary>
    Counter,

    /// <summary>Each measurement is the whole so far.</summary>
    ObservedCounter,

    /// <summary>Each measurement is added, up or down.</summary>
    UpDownCounter,

    /// <summary>The last measurement counts.</summary>
    Gauge,

    /// <summary>Measurements are counted by size.</summary>
    Histogram,
}
