using System.Diagnostics.Metrics;

namespace Tandem.Gateway;

/// <summary>What the gateway counts beside what the framework does.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    private readonly Meter _meter = new("Tandem.Gateway");
    private readonly Counter<long> _limited;
    private readonly Counter<long> _cache;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _openings;

    public GatewayMetrics()
    {
        _limited = _meter.CreateCounter<long>("tandem.gateway.rate_limited", description: "Requests that were turned away because their client asks too much.");
        _cache = _meter.CreateCounter<long>("tandem.gateway.cache.requests", description: "Requests for what everybody may read, by whether the gateway had the answer.");
        _failures = _meter.CreateCounter<long>("tandem.gateway.failures", description: "Requests that could not be passed on, by service and status.");
        _openings = _meter.CreateCounter<long>("tandem.gateway.circuit.openings", description: "How often a service's circuit has opened.");
    }

    public void RateLimited() => _limited.Add(1);

    public void CacheAnswered(bool isHit) => _cache.Add(1, new KeyValuePair<string, object?>("result", isHit ? "hit" : "miss"));

    public void Failed(string service, int status)
        => _failures.Add(1, new KeyValuePair<string, object?>("service", service), new KeyValuePair<string, object?>("status", status));

    public void CircuitOpened(string service) => _openings.Add(1, new KeyValuePair<string, object?>("service", service));

    /// <summary>Tells, when asked, how every circuit is: 0 closed, 1 half open, 2 open.</summary>
    public void ObserveCircuits(Func<IEnumerable<ServiceCircuit>> circuits)
        => _meter.CreateObservableGauge(
            "tandem.gateway.circuit.state",
            () => circuits().Select(static circuit => new Measurement<int>(
                circuit.Status.State switch { "closed" => 0, "half_open" => 1, _ => 2 },
                new KeyValuePair<string, object?>("service", circuit.Service))),
            description: "How a service's circuit is: 0 closed, 1 half open, 2 open.");

    public void Dispose() => _meter.Dispose();
}
