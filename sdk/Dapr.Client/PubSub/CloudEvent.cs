using System.Text.Json.Serialization;

namespace Dapr;

/// <summary>The attributes of a CloudEvent that its publisher chooses; publishing one keeps them as they are.</summary>
public class CloudEvent
{
    /// <summary>Where it happened.</summary>
    [JsonPropertyName("source")]
    public Uri? Source { get; init; }

    /// <summary>What happened.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>To what it happened.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; init; }
}

/// <summary>A CloudEvent with its data.</summary>
public class CloudEvent<TData>(TData data) : CloudEvent
{
    /// <summary>The data.</summary>
    [JsonPropertyName("data")]
    public TData Data { get; } = data;

    /// <summary>The content type of the data.</summary>
    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; } = "application/json";
}
