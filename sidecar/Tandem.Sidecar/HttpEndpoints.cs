using Tandem.Runtime.Components;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;

namespace Tandem.Sidecar;

/// <summary>Makes invocation targets of HTTPEndpoint resources.</summary>
internal static class HttpEndpoints
{
    public static async Task<IReadOnlyList<InvocationTarget>> CreateTargetsAsync(
        IReadOnlyList<HttpEndpointResource> resources,
        SecretReferences secrets,
        ResiliencyPolicies policies,
        ResourceFaults faults,
        CancellationToken cancellationToken)
    {
        var targets = new Dictionary<string, InvocationTarget>(StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            try
            {
                var headers = await secrets.ResolveAsync(resource.Headers, resource.SecretStore, cancellationToken).ConfigureAwait(false);
                if (!targets.TryAdd(resource.Id.Name, InvocationTarget.ToEndpoint(resource.Id.Name, resource.BaseUrl, headers, policies.Find(TargetKind.App, resource.Id.Name))))
                {
                    faults.Add(resource.Id, "metadata.name", "is already taken by another HTTPEndpoint");
                }
            }
            catch (ComponentFaultException exception)
            {
                faults.Add(resource.Id, exception.Message);
            }
        }

        return [.. targets.Values];
    }
}
