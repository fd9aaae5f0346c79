namespace Tandem.Runtime.Metrics.Components;

/// <summary>What is asked of components of one kind: how often, and how long it took.</summary>
public sealed class ComponentMetrics
{
    private readonly Measure<Histogram> _operations;

    internal ComponentMetrics(MetricRegistry registry, string kind, string component)
        => _operations = registry.AddLatencies(
            registry.Labels("component", "operation", "success"),
            "operation",
            new($"dapr_component_{kind}_count", MetricKind.Counter, $"The number of operations of {component}."),
            new($"dapr_component_{kind}_latencies", MetricKind.Histogram, $"The time that an operation of {component} took, in milliseconds."));

    /// <summary>The meters of one component, by operation. One that is loaded anew under its old name counts on.</summary>
    public ComponentMeters For(string component) => new(operation => new OperationMeter(success => _operations.Get(component, operation, success)));
}

/// <summary>The meters of one component.</summary>
public sealed class ComponentMeters
{
    private readonly BoundedCache<OperationMeter> _operations;

    internal ComponentMeters(Func<string, OperationMeter> create) => _operations = new BoundedCache<OperationMeter>(create);

    /// <summary>The meter of an operation.</summary>
    public OperationMeter this[string operation] => _operations.Get(operation);
}
