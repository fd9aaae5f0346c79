// Dapr.Extensions.Configuration. https://docs.dapr.io/developing-applications/sdks/dotnet/
using Dapr.Client;
using Dapr.Extensions.Configuration.DaprSecretStore;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration
{
    public class DaprSecretDescriptor
    {
        public DaprSecretDescriptor(string secretName, bool isRequired = true, string secretKey = "") { }
        public DaprSecretDescriptor(string secretName, IReadOnlyDictionary<string, string> metadata, bool isRequired = true, string secretKey = "") { }
        public string SecretName => throw Signature.Only;
        public IReadOnlyDictionary<string, string> Metadata => throw Signature.Only;
        public bool IsRequired => throw Signature.Only;
        public string SecretKey => throw Signature.Only;
    }

    public static class DaprSecretStoreConfigurationExtensions
    {
        public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, IEnumerable<DaprSecretDescriptor> secretDescriptors, DaprClient client) => throw Signature.Only;
        public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, IEnumerable<DaprSecretDescriptor> secretDescriptors, DaprClient client, TimeSpan sidecarWaitTimeout) => throw Signature.Only;
        public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, DaprClient client, IReadOnlyDictionary<string, string>? metadata = null) => throw Signature.Only;
        public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, DaprClient client, TimeSpan sidecarWaitTimeout, IReadOnlyDictionary<string, string>? metadata = null) => throw Signature.Only;
        public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, DaprClient client, IEnumerable<string>? keyDelimiters) => throw Signature.Only;
        public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, string store, DaprClient client, IEnumerable<string>? keyDelimiters, TimeSpan sidecarWaitTimeout) => throw Signature.Only;
        public static IConfigurationBuilder AddDaprSecretStore(this IConfigurationBuilder configurationBuilder, Action<DaprSecretStoreConfigurationSource> configureSource) => throw Signature.Only;
    }

    public static class DaprConfigurationStoreExtension
    {
        public static IConfigurationBuilder AddDaprConfigurationStore(this IConfigurationBuilder configurationBuilder, string store, IReadOnlyList<string> keys, DaprClient client, TimeSpan sidecarWaitTimeout, IReadOnlyDictionary<string, string>? metadata = default) => throw Signature.Only;
        public static IConfigurationBuilder AddStreamingDaprConfigurationStore(this IConfigurationBuilder configurationBuilder, string store, IReadOnlyList<string> keys, DaprClient client, TimeSpan sidecarWaitTimeout, IReadOnlyDictionary<string, string>? metadata = default) => throw Signature.Only;
    }

    public class DaprConfigurationStoreSource : IConfigurationSource
    {
        public string Store { get; set; }
        public IReadOnlyList<string> Keys { get; set; }
        public DaprClient Client { get; set; }
        public bool IsStreaming { get; set; }
        public TimeSpan SidecarWaitTimeout { get; set; }
        public IReadOnlyDictionary<string, string>? Metadata { get; set; }
        public IConfigurationProvider Build(IConfigurationBuilder builder) => throw Signature.Only;
    }
}

namespace Dapr.Extensions.Configuration.DaprSecretStore
{
    public class DaprSecretStoreConfigurationSource : IConfigurationSource
    {
        public string Store { get; set; }
        public bool NormalizeKey { get; set; }
        public IList<string> KeyDelimiters { get; set; }
        public IEnumerable<DaprSecretDescriptor>? SecretDescriptors { get; set; }
        public IReadOnlyDictionary<string, string>? Metadata { get; set; }
        public DaprClient Client { get; set; }
        public TimeSpan? SidecarWaitTimeout { get; set; }
        public IConfigurationProvider Build(IConfigurationBuilder builder) => throw Signature.Only;
    }
}
