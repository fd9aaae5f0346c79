namespace Dapr.Client;

/// <summary>What a query found.</summary>
public class StateQueryResponse<TValue>(IReadOnlyList<StateQueryItem<TValue>> results, string token, IReadOnlyDictionary<string, string> metadata)
{
    /// <summary>The values.</summary>
    public IReadOnlyList<StateQueryItem<TValue>> Results { get; } = results;

    /// <summary>Where the next page begins; empty on the last.</summary>
    public string Token { get; } = token;

    /// <summary>What the store says with the answer.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata;
}

/// <summary>One value that a query found.</summary>
public class StateQueryItem<TValue>(string key, TValue? data, string etag, string error)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The value.</summary>
    public TValue? Data { get; } = data;

    /// <summary>The value's ETag.</summary>
    public string ETag { get; } = etag;

    /// <summary>Why the value could not be read, or empty.</summary>
    public string Error { get; } = error;
}

/// <summary>A query succeeded for some values only.</summary>
public class StateQueryException<TValue>(string message, StateQueryResponse<TValue> response, IReadOnlyList<string> failedKeys) : DaprApiException(message)
{
    /// <summary>What could be read.</summary>
    public StateQueryResponse<TValue> Response { get; } = response;

    /// <summary>The keys of what could not.</summary>
    public IReadOnlyList<string> FailedKeys { get; } = failedKeys;
}
