namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>What the sidecar says of itself.</summary>
    public abstract Task<DaprMetadata> GetMetadataAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds an attribute to what the sidecar says of itself.</summary>
    public abstract Task SetMetadataAsync(string attributeName, string attributeValue, CancellationToken cancellationToken = default);
}
