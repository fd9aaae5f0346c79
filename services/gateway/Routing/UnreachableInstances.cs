using System.Net.Sockets;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Tandem.Gateway;

/// <summary>
/// Leaves an instance out for ten seconds when a connection to it could not be made: one that was stopped costs one request, not its share of
/// all. What an instance answers is no reason; that is the circuit breaker's business.
/// </summary>
internal sealed class UnreachableInstances(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "UnreachableInstances";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (context.Features.Get<IForwarderErrorFeature>() is { Exception: HttpRequestException { InnerException: SocketException } })
        {
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, Pause);
        }
    }
}
