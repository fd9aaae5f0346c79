namespace Dapr.Client;

/// <summary>A call of an output binding.</summary>
public sealed class BindingRequest(string bindingName, string operation)
{
    /// <summary>The binding's name.</summary>
    public string BindingName { get; } = bindingName ?? throw new ArgumentNullException(nameof(bindingName));

    /// <summary>The operation, such as <c>create</c>.</summary>
    public string Operation { get; } = operation ?? throw new ArgumentNullException(nameof(operation));

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>What goes to the component with the payload.</summary>
    public Dictionary<string, string> Metadata { get; } = [];
}

/// <summary>What an output binding answered.</summary>
public sealed class BindingResponse(BindingRequest request, ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, string> metadata)
{
    /// <summary>What was asked.</summary>
    public BindingRequest Request { get; } = request ?? throw new ArgumentNullException(nameof(request));

    /// <summary>The payload of the answer.</summary>
    public ReadOnlyMemory<byte> Data { get; } = data;

    /// <summary>What the component gave with the payload.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata ?? throw new ArgumentNullException(nameof(metadata));
}
