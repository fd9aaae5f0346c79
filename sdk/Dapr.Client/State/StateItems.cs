namespace Dapr.Client;

/// <summary>One answer of a bulk read, its value as JSON text (empty when the key does not exist).</summary>
public readonly struct BulkStateItem(string key, string value, string etag)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The value, as JSON text.</summary>
    public string Value { get; } = value;

    /// <summary>The value's ETag.</summary>
    public string ETag { get; } = etag;
}

/// <summary>One answer of a bulk read.</summary>
public readonly struct BulkStateItem<TValue>(string key, TValue value, string etag)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The value, or its type's default when the key does not exist.</summary>
    public TValue Value { get; } = value;

    /// <summary>The value's ETag.</summary>
    public string ETag { get; } = etag;
}

/// <summary>One value of a bulk write.</summary>
public readonly struct SaveStateItem<TValue>(string key, TValue value, string? etag, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The value.</summary>
    public TValue Value { get; } = value;

    /// <summary>The ETag that the stored value must have, or null.</summary>
    public string? ETag { get; } = etag;

    /// <summary>How the write treats other writers.</summary>
    public StateOptions? StateOptions { get; } = stateOptions;

    /// <summary>What goes to the component with the value, such as <c>ttlInSeconds</c>.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; } = metadata;
}

/// <summary>One key of a bulk delete.</summary>
public readonly struct BulkDeleteStateItem(string key, string? etag, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The ETag that the stored value must have, or null.</summary>
    public string? ETag { get; } = etag;

    /// <summary>How the delete treats other writers.</summary>
    public StateOptions? StateOptions { get; } = stateOptions;

    /// <summary>What goes to the component with the key.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; } = metadata;
}
