using Dapr.Client;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration.DaprSecretStore;

/// <summary>Secrets of a store as configuration: those that are described, or all that the app may read.</summary>
public class DaprSecretStoreConfigurationSource : IConfigurationSource
{
    /// <summary>The secret store's component name.</summary>
    public string Store { get; set; } = default!;

    /// <summary>Whether <see cref="KeyDelimiters"/> in names become the configuration's own delimiter.</summary>
    public bool NormalizeKey { get; set; } = true;

    /// <summary>What stands for the configuration's own delimiter in names; <c>__</c> unless told.</summary>
    public IList<string> KeyDelimiters { get; set; } = ["__"];

    /// <summary>The secrets to read; all that the app may read when it is null.</summary>
    public IEnumerable<DaprSecretDescriptor>? SecretDescriptors { get; set; }

    /// <summary>What goes to the store when all secrets are read; descriptors carry their own.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; set; }

    /// <summary>The client to ask with.</summary>
    public DaprClient Client { get; set; } = default!;

    /// <summary>How long to wait for the sidecar; five seconds unless told.</summary>
    public TimeSpan? SidecarWaitTimeout { get; set; }

    /// <inheritdoc />
    public IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        ArgumentException.ThrowIfNullOrEmpty(Store);
        ArgumentNullException.ThrowIfNull(Client);
        if (SecretDescriptors is not null)
        {
            if (Metadata is not null)
            {
                throw new ArgumentException($"{nameof(Metadata)} must be null when {nameof(SecretDescriptors)} is set: each descriptor carries its own.");
            }

            if (!SecretDescriptors.Any())
            {
                throw new ArgumentException("No secret descriptor was provided.");
            }
        }

        return new DaprSecretStoreConfigurationProvider(this);
    }
}
