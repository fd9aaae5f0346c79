namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>Configuration values by key; with no keys, all of them.</summary>
    public abstract Task<GetConfigurationResponse> GetConfiguration(string storeName, IReadOnlyList<string> keys, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);

    /// <summary>Subscribes to the changes of configuration values; with no keys, of all of them. The stream ends with the token, or when its reader leaves it.</summary>
    public abstract Task<SubscribeConfigurationResponse> SubscribeConfiguration(string storeName, IReadOnlyList<string> keys, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);

    /// <summary>Ends a subscription by its <see cref="SubscribeConfigurationResponse.Id"/>.</summary>
    public abstract Task<UnsubscribeConfigurationResponse> UnsubscribeConfiguration(string storeName, string id, CancellationToken cancellationToken = default);
}
