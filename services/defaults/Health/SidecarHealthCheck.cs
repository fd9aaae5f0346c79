using Dapr.Client;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tandem.ServiceDefaults;

/// <summary>Whether the sidecar answers. A service without it still serves what it can, so it is degraded and not dead.</summary>
internal sealed class SidecarHealthCheck(DaprClient dapr) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => await dapr.CheckOutboundHealthAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded("The sidecar does not answer.");
}
