namespace Dapr.Client;

/// <summary>One operation of a state transaction; the value goes to the store as it is, usually JSON in UTF-8.</summary>
public sealed class StateTransactionRequest(string key, byte[]? value, StateOperationType operationType, string? etag = null, IReadOnlyDictionary<string, string>? metadata = null, StateOptions? options = null)
{
#pragma warning disable CA1051 // The official member is a field.
    /// <summary>How the operation treats other writers.</summary>
    public StateOptions? Options = options;
#pragma warning restore CA1051

    /// <summary>The key.</summary>
    public string Key { get; } = key ?? throw new ArgumentNullException(nameof(key));

    /// <summary>The value's bytes, usually JSON in UTF-8.</summary>
    public byte[]? Value { get; set; } = value;

    /// <summary>What the operation does.</summary>
    public StateOperationType? OperationType { get; set; } = operationType;

    /// <summary>The ETag that the stored value must have, or null.</summary>
    public string? ETag { get; set; } = etag;

    /// <summary>What goes to the component with the value.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; set; } = metadata;
}
