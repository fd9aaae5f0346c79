using System.Text.Json.Serialization;

namespace Dapr;

/// <summary>The body of an error that the sidecar answers.</summary>
public class DaprError
{
    /// <summary>The code, such as <c>ERR_PUBSUB_NOT_FOUND</c>.</summary>
    [JsonPropertyName("errorCode")]
    public string? ErrorCode { get; set; }

    /// <summary>What happened, for people.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; set; }
}
