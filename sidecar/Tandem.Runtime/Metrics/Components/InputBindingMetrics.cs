namespace Tandem.Runtime.Metrics.Components;

/// <summary>What input bindings deliver to the app.</summary>
public sealed class InputBindingMetrics
{
    private readonly Measure<Histogram> _events;

    internal InputBindingMetrics(MetricRegistry registry)
        => _events = registry.AddLatencies(
            registry.Labels("component", "success"),
            null,
            new("dapr_component_input_binding_count", MetricKind.Counter, "The number of events of input bindings that were delivered to the app."),
            new("dapr_component_input_binding_latencies", MetricKind.Histogram, "The time that the app took for an event of an input binding, in milliseconds."));

    /// <summary>The meter of one binding.</summary>
    public OperationMeter For(string component) => new(success => _events.Get(component, success));
}
