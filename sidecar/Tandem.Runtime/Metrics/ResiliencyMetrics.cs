namespace Tandem.Runtime.Metrics;

/// <summary>Which resiliency policies there are, and what they do.</summary>
public sealed class ResiliencyMetrics
{
    private readonly Measure<Counter> _loaded;
    private readonly Measure<Counter> _used;
    private readonly Measure<Counter> _activated;
    private readonly Measure<Counter> _breakers;

    internal ResiliencyMetrics(MetricRegistry registry)
    {
        _loaded = registry.AddCounter(
            registry.Labels("name"), null, new Metric("dapr_resiliency_loaded", MetricKind.Counter, "The number of Resiliency resources that were loaded."));
        _used = Add("dapr_resiliency_count", MetricKind.Counter, "How often a policy was applied.");
        _activated = Add("dapr_resiliency_activations_total", MetricKind.Counter, "How often a policy did something: a retry, a timeout, a change of a circuit breaker's state.");
        _breakers = Add("dapr_resiliency_cb_state", MetricKind.Gauge, "The state of a circuit breaker: 1 for the status that it has, 0 for the others.");

        Measure<Counter> Add(string name, MetricKind kind, string help)
            => registry.AddCounter(registry.Labels("flow_direction", "name", "policy", "status", "target"), "target", new Metric(name, kind, help));
    }

    /// <summary>A resource was loaded.</summary>
    public void Loaded(string name) => _loaded.Get(name).Add();

    /// <summary>The meters of one target's policies.</summary>
    /// <param name="name">The resource that names them.</param>
    /// <param name="direction">inbound or outbound.</param>
    /// <param name="target">What they are for, such as app_orders or statestore_carts.</param>
    public TargetMeters For(string name, string direction, string target) => new(
        policy => new PolicyMeter(_used.Get(direction, name, policy, "", target), _activated.Get(direction, name, policy, "", target)),
        () => new BreakerMeter(
            status => _used.Get(direction, name, "circuitbreaker", status, target),
            status => _activated.Get(direction, name, "circuitbreaker", status, target),
            status => _breakers.Get(direction, name, "circuitbreaker", status, target)));
}

/// <summary>The meters of one target's policies.</summary>
public sealed class TargetMeters
{
    private readonly Func<string, PolicyMeter> _create;
    private readonly Func<BreakerMeter> _createBreaker;

    internal TargetMeters(Func<string, PolicyMeter> create, Func<BreakerMeter> createBreaker)
    {
        _create = create;
        _createBreaker = createBreaker;
    }

    /// <summary>The meter of the target's retries.</summary>
    public PolicyMeter Retry => field ??= _create("retry");

    /// <summary>The meter of the target's timeout.</summary>
    public PolicyMeter Timeout => field ??= _create("timeout");

    /// <summary>The meter of a circuit breaker, which begins closed.</summary>
    public BreakerMeter CreateBreaker() => _createBreaker();
}

/// <summary>Counts how often a policy is applied, and how often it does something.</summary>
public sealed record PolicyMeter(Counter Used, Counter Activated);

/// <summary>Shows what a circuit breaker does.</summary>
public sealed class BreakerMeter
{
    private static readonly string[] Names = ["closed", "open", "half-open", "unknown"];

    private readonly Counter[] _used;
    private readonly StatusSeries<Counter> _activated;
    private readonly Counter[] _states;

    internal BreakerMeter(Func<string, Counter> used, Func<string, Counter> activated, Func<string, Counter> states)
    {
        _used = [.. Names[..3].Select(used)];
        _activated = new StatusSeries<Counter>(state => activated(Names[state]));
        _states = [.. Names.Select(states)];
        Show(0);
    }

    /// <summary>A call came.</summary>
    /// <param name="state">The state that it met: 0 closed, 1 open, 2 half open.</param>
    public void Used(int state) => _used[state].Add();

    /// <summary>The state changed.</summary>
    public void Became(int state)
    {
        _activated.Find(state).Add();
        Show(state);
    }

    /// <summary>A breaker that takes another one's place begins where none was.</summary>
    private void Show(int state)
    {
        for (var i = 0; i < _states.Length; i++)
        {
            _states[i].Add((i == state ? 1 : 0) - _states[i].Value);
        }
    }
}
