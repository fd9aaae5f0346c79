using System.Diagnostics.Metrics;

namespace Tandem.ServiceDefaults;

/// <summary>What the outbox sends and how long events wait in it, and what becomes of the events that come.</summary>
internal static class MessagingMetrics
{
    private static readonly Meter Meter = new("Tandem.Messaging");

    private static readonly Counter<long> PublishedCount = Meter.CreateCounter<long>("tandem.outbox.published", description: "Events that the sidecar took from the outbox.");

    private static readonly Counter<long> FailedCount = Meter.CreateCounter<long>("tandem.outbox.failures", description: "Tries to publish events that failed; the events wait.");

    private static readonly Histogram<double> Lag = Meter.CreateHistogram<double>(
        "tandem.outbox.lag",
        "s",
        "The time from an event to its publication.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120] });

    private static readonly Counter<long> ReceivedCount = Meter.CreateCounter<long>("tandem.events.received", description: "Events that were delivered: handled, seen before (duplicate), or of no interest (ignored).");

    public static void Published(string topic, string type, TimeSpan lag)
    {
        PublishedCount.Add(1, new("topic", topic), new("type", type));
        Lag.Record(lag.TotalSeconds, new KeyValuePair<string, object?>("topic", topic));
    }

    public static void PublishFailed() => FailedCount.Add(1);

    public static void Received(string topic, string type, string outcome)
        => ReceivedCount.Add(1, new("topic", topic), new("type", type), new("outcome", outcome));
}
