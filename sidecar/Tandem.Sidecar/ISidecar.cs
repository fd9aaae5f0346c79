using Tandem.Runtime;

namespace Tandem.Sidecar;

/// <summary>One app's sidecar inside a <see cref="SidecarHost"/>.</summary>
public interface ISidecar
{
    /// <summary>The settings it runs with.</summary>
    SidecarOptions Options { get; }

    /// <summary>Completes when the app's port was seen open and the app may be called (again); at once without an app.</summary>
    Task WaitForAppAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Whoever started the app says that its process has ended: deliveries to it wait until it answers again, instead of
    /// failing and being dead-lettered. Subscriptions and actor types are asked for again once its port is open.
    /// </summary>
    void AppStopped();
}
