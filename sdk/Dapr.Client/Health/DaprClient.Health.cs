namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>Whether the sidecar is up and the app behind it is ready.</summary>
    public abstract Task<bool> CheckHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the sidecar is up and its components are ready; the one to ask while the app itself still starts.</summary>
    public abstract Task<bool> CheckOutboundHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until the sidecar's components are ready.</summary>
    public abstract Task WaitForSidecarAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the sidecar to end.</summary>
    public abstract Task ShutdownSidecarAsync(CancellationToken cancellationToken = default);
}
