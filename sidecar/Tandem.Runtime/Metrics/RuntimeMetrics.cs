using Tandem.Runtime.Components;

namespace Tandem.Runtime.Metrics;

/// <summary>Which components the sidecar has made.</summary>
public sealed class RuntimeMetrics
{
    private readonly Measure<Counter> _initialized;
    private readonly Measure<Counter> _failed;
    private ComponentSet? _components;

    internal RuntimeMetrics(MetricRegistry registry)
    {
        registry.AddReading(
            new Metric("dapr_runtime_component_loaded", MetricKind.Gauge, "The number of components that are loaded."), registry.Labels(), () => _components?.All.Count ?? 0);
        _initialized = registry.AddCounter(
            registry.Labels("component", "component_name"),
            null,
            new Metric("dapr_runtime_component_init_total", MetricKind.Counter, "The number of components that were made ready."));
        _failed = registry.AddCounter(
            registry.Labels("component", "component_name", "reason"),
            null,
            new Metric("dapr_runtime_component_init_fail_total", MetricKind.Counter, "The number of components that could not be made ready."));
    }

    /// <summary>Says where the components that are loaded can be seen.</summary>
    public void Watch(ComponentSet components) => _components = components;

    /// <summary>A component was made ready.</summary>
    /// <param name="type">Its type and version.</param>
    public void Initialized(string type, string name) => _initialized.Get(type, name).Add();

    /// <summary>A component could not be made ready.</summary>
    /// <param name="type">Its type and version.</param>
    public void Failed(string type, string name) => _failed.Get(type, name, "init").Add();
}
