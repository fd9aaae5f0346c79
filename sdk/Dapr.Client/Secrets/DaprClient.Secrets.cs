namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>One secret; a store of multi-valued secrets gives several entries.</summary>
    public abstract Task<Dictionary<string, string>> GetSecretAsync(string storeName, string key, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);

    /// <summary>All secrets of a store that this app may read.</summary>
    public abstract Task<Dictionary<string, Dictionary<string, string>>> GetBulkSecretAsync(string storeName, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);
}
