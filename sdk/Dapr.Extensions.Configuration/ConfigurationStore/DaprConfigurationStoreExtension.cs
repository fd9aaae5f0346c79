using Dapr.Client;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration;

/// <summary>Adds the values of a configuration store to the configuration.</summary>
public static class DaprConfigurationStoreExtension
{
    /// <summary>Adds the values as they are now.</summary>
    public static IConfigurationBuilder AddDaprConfigurationStore(
        this IConfigurationBuilder configurationBuilder, string store, IReadOnlyList<string> keys, DaprClient client, TimeSpan sidecarWaitTimeout, IReadOnlyDictionary<string, string>? metadata = default)
        => Add(configurationBuilder, store, keys, client, sidecarWaitTimeout, metadata, isStreaming: false);

    /// <summary>Adds the values as they are now and follows their changes: the configuration reloads with each.</summary>
    public static IConfigurationBuilder AddStreamingDaprConfigurationStore(
        this IConfigurationBuilder configurationBuilder, string store, IReadOnlyList<string> keys, DaprClient client, TimeSpan sidecarWaitTimeout, IReadOnlyDictionary<string, string>? metadata = default)
        => Add(configurationBuilder, store, keys, client, sidecarWaitTimeout, metadata, isStreaming: true);

    private static IConfigurationBuilder Add(
        IConfigurationBuilder builder, string store, IReadOnlyList<string> keys, DaprClient client, TimeSpan sidecarWaitTimeout, IReadOnlyDictionary<string, string>? metadata, bool isStreaming)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(store);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(client);
        return builder.Add(new DaprConfigurationStoreSource
        {
            Store = store,
            Keys = keys,
            Client = client,
            SidecarWaitTimeout = sidecarWaitTimeout,
            Metadata = metadata,
            IsStreaming = isStreaming,
        });
    }
}
