using Dapr.Client;
using Dapr.Extensions.Configuration.DaprSecretStore;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration;

/// <summary>Adds the secrets of a store to the configuration.</summary>
public static class DaprSecretStoreConfigurationExtensions
{
    /// <summary>Adds the secrets that are described.</summary>
    public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, IEnumerable<DaprSecretDescriptor> secretDescriptors, DaprClient client)
    {
        ArgumentNullException.ThrowIfNull(secretDescriptors);
        return Add(configurationBuilder, new() { Store = store, SecretDescriptors = secretDescriptors, Client = client });
    }

    /// <summary>Adds the secrets that are described, and says how long to wait for the sidecar.</summary>
    public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, IEnumerable<DaprSecretDescriptor> secretDescriptors, DaprClient client, TimeSpan sidecarWaitTimeout)
    {
        ArgumentNullException.ThrowIfNull(secretDescriptors);
        return Add(configurationBuilder, new() { Store = store, SecretDescriptors = secretDescriptors, Client = client, SidecarWaitTimeout = sidecarWaitTimeout });
    }

    /// <summary>Adds all secrets that the app may read.</summary>
    public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, DaprClient client, IReadOnlyDictionary<string, string>? metadata = null)
        => Add(configurationBuilder, new() { Store = store, Metadata = metadata, Client = client });

    /// <summary>Adds all secrets that the app may read, and says how long to wait for the sidecar.</summary>
    public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, DaprClient client, TimeSpan sidecarWaitTimeout, IReadOnlyDictionary<string, string>? metadata = null)
        => Add(configurationBuilder, new() { Store = store, Metadata = metadata, Client = client, SidecarWaitTimeout = sidecarWaitTimeout });

    /// <summary>Adds all secrets that the app may read; the delimiters in their names become the configuration's own.</summary>
    public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, DaprClient client, IEnumerable<string>? keyDelimiters)
        => Add(configurationBuilder, WithDelimiters(new() { Store = store, Client = client }, keyDelimiters));

    /// <summary>Adds all secrets that the app may read, with delimiters, and says how long to wait for the sidecar.</summary>
    public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, DaprClient client, IEnumerable<string>? keyDelimiters, TimeSpan sidecarWaitTimeout)
        => Add(configurationBuilder, WithDelimiters(new() { Store = store, Client = client, SidecarWaitTimeout = sidecarWaitTimeout }, keyDelimiters));

    /// <summary>Adds secrets as the source is configured.</summary>
    public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, Action<DaprSecretStoreConfigurationSource> configureSource)
        => configurationBuilder.Add(configureSource);

    private static DaprSecretStoreConfigurationSource WithDelimiters(DaprSecretStoreConfigurationSource source, IEnumerable<string>? keyDelimiters)
    {
        source.KeyDelimiters = keyDelimiters?.ToList() ?? source.KeyDelimiters;
        return source;
    }

    private static IConfigurationBuilder Add(IConfigurationBuilder builder, DaprSecretStoreConfigurationSource source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(source.Store, "store");
        ArgumentNullException.ThrowIfNull(source.Client, "client");
        return builder.Add(source);
    }
}
