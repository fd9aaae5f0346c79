using Dapr.Client;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration;

/// <summary>Values of a configuration store as configuration.</summary>
public class DaprConfigurationStoreSource : IConfigurationSource
{
    /// <summary>The configuration store's component name.</summary>
    public string Store { get; set; } = default!;

    /// <summary>The keys to read; all when there are none.</summary>
    public IReadOnlyList<string> Keys { get; set; } = default!;

    /// <summary>The client to ask with.</summary>
    public DaprClient Client { get; set; } = default!;

    /// <summary>Whether changes in the store change the configuration.</summary>
    public bool IsStreaming { get; set; }

    /// <summary>How long to wait for the sidecar.</summary>
    public TimeSpan SidecarWaitTimeout { get; set; }

    /// <summary>What goes to the store with the keys.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; set; }

    /// <inheritdoc />
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new DaprConfigurationStoreProvider(this);
}
