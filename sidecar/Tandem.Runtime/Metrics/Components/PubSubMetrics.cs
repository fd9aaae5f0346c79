namespace Tandem.Runtime.Metrics.Components;

/// <summary>What is published to brokers, and what they deliver.</summary>
public sealed class PubSubMetrics
{
    private readonly Measure<Histogram> _egress;
    private readonly Measure<Histogram> _bulkEgress;
    private readonly Measure<Counter> _bulkEgressEvents;
    private readonly Measure<Histogram> _ingress;
    private readonly Measure<Histogram> _bulkIngress;
    private readonly Measure<Counter> _bulkIngressEvents;

    internal PubSubMetrics(MetricRegistry registry)
    {
        _ingress = registry.AddLatencies(
            registry.Labels("component", "process_status", "status", "topic"),
            "topic",
            new("dapr_component_pubsub_ingress_count", MetricKind.Counter, "The number of messages that were delivered to the app."),
            new("dapr_component_pubsub_ingress_latencies", MetricKind.Histogram, "The time that the app took for a message, in milliseconds."));
        _bulkIngress = registry.AddLatencies(
            registry.Labels("component", "process_status", "status", "topic"),
            "topic",
            new("dapr_component_pubsub_ingress_bulk_count", MetricKind.Counter, "The number of bundles of messages that were delivered to the app."),
            new("dapr_component_pubsub_ingress_bulk_latencies", MetricKind.Histogram, "The time that the app took for a bundle of messages, in milliseconds."));
        _bulkIngressEvents = registry.AddCounter(
            registry.Labels("component", "process_status", "status", "topic"),
            "topic",
            new Metric("dapr_component_pubsub_ingress_bulk_event_count", MetricKind.Counter, "The number of messages that were delivered to the app in bundles."));
        _egress = registry.AddLatencies(
            registry.Labels("component", "success", "topic"),
            "topic",
            new("dapr_component_pubsub_egress_count", MetricKind.Counter, "The number of messages that were published."),
            new("dapr_component_pubsub_egress_latencies", MetricKind.Histogram, "The time until a broker had a message, in milliseconds."));
        _bulkEgress = registry.AddLatencies(
            registry.Labels("component", "success", "topic"),
            "topic",
            new("dapr_component_pubsub_egress_bulk_count", MetricKind.Counter, "The number of bundles of messages that were published."),
            new("dapr_component_pubsub_egress_bulk_latencies", MetricKind.Histogram, "The time until a broker had a bundle of messages, in milliseconds."));
        _bulkEgressEvents = registry.AddCounter(
            registry.Labels("component", "success", "topic"),
            "topic",
            new Metric("dapr_component_pubsub_egress_bulk_event_count", MetricKind.Counter, "The number of messages that were published in bundles."));
    }

    /// <summary>The meters of a broker's topics for what is published.</summary>
    public EgressMeters Egress(string component) => new(
        topic => new OperationMeter(success => _egress.Get(component, success, topic)),
        topic => new OperationMeter(success => _bulkEgress.Get(component, success, topic)),
        (topic, success) => _bulkEgressEvents.Get(component, success ? "true" : "false", topic));

    /// <summary>The meter of a subscription.</summary>
    public IngressMeter Ingress(string component, string topic) => new(
        (processStatus, status) => _ingress.Get(component, processStatus, status, topic),
        (processStatus, status) => _bulkIngress.Get(component, processStatus, status, topic),
        (processStatus, status) => _bulkIngressEvents.Get(component, processStatus, status, topic));
}

/// <summary>Meters what is published to one broker.</summary>
public sealed class EgressMeters
{
    private readonly BoundedCache<OperationMeter> _topics;
    private readonly BoundedCache<OperationMeter> _bulkTopics;
    private readonly Func<string, bool, Counter> _findEvents;

    internal EgressMeters(Func<string, OperationMeter> createTopic, Func<string, OperationMeter> createBulkTopic, Func<string, bool, Counter> findEvents)
    {
        _topics = new BoundedCache<OperationMeter>(createTopic);
        _bulkTopics = new BoundedCache<OperationMeter>(createBulkTopic);
        _findEvents = findEvents;
    }

    /// <summary>The meter of a topic.</summary>
    public OperationMeter this[string topic] => _topics.Get(topic);

    /// <summary>Several messages were published in one request.</summary>
    /// <param name="count">How many there were.</param>
    /// <param name="failed">How many of them could not be published.</param>
    public void RecordBulk(string topic, int count, int failed, long began)
    {
        _bulkTopics.Get(topic).Record(failed == 0, began);
        if (count > failed)
        {
            _findEvents(topic, true).Add(count - failed);
        }

        if (failed > 0)
        {
            _findEvents(topic, false).Add(failed);
        }
    }
}
