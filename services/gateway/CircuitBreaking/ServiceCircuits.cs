using System.Collections.Frozen;

namespace Tandem.Gateway;

/// <summary>The circuits of all services.</summary>
internal sealed class ServiceCircuits
{
    private readonly FrozenDictionary<string, ServiceCircuit> _circuits;

    public ServiceCircuits(GatewayOptions gateway, CircuitBreakerOptions options, GatewayMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        _circuits = (options.Enabled ? gateway.Services : [])
            .Where(static service => service.Enabled)
            .ToFrozenDictionary(
                static service => service.Name,
                service => new ServiceCircuit(service.Name, isJudgedFromTheStart: service.Urls.Count > 0, options, metrics, time, loggers.CreateLogger<ServiceCircuit>()),
                StringComparer.Ordinal);
        metrics.ObserveCircuits(() => _circuits.Values);
    }

    /// <summary>A service's circuit; null when it has none.</summary>
    public ServiceCircuit? Find(string service) => _circuits.GetValueOrDefault(service);
}
