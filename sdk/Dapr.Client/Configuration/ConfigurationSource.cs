namespace Dapr.Client;

/// <summary>The changes of a configuration store: each element has the keys that changed.</summary>
public abstract class ConfigurationSource : IAsyncEnumerable<IDictionary<string, ConfigurationItem>>
{
    /// <summary>What names the subscription to the sidecar; empty until the first element was read.</summary>
    public abstract string Id { get; }

    /// <inheritdoc />
    public abstract IAsyncEnumerator<IDictionary<string, ConfigurationItem>> GetAsyncEnumerator(CancellationToken cancellationToken = default);
}

/// <summary>A subscription to a configuration store.</summary>
public class SubscribeConfigurationResponse(ConfigurationSource source)
{
    /// <summary>What names the subscription to the sidecar; empty until the first element was read.</summary>
    public string Id => source.Id;

    /// <summary>The changes, for one reader; leaving its loop ends the stream.</summary>
    public IAsyncEnumerable<IDictionary<string, ConfigurationItem>> Source => source;
}

/// <summary>Whether a subscription to a configuration store was ended.</summary>
public class UnsubscribeConfigurationResponse(bool ok, string message)
{
    /// <summary>Whether it was ended.</summary>
    public bool Ok { get; } = ok;

    /// <summary>Why not.</summary>
    public string Message { get; } = message;
}
