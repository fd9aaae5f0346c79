namespace Dapr;

/// <summary>How CloudEvents are unwrapped.</summary>
public class CloudEventsMiddlewareOptions
{
    /// <summary>Whether text data keeps its JSON quotes in the body.</summary>
    public bool SuppressJsonDecodingOfTextPayloads { get; set; }

    /// <summary>Whether the event's attributes become request headers <c>Cloudevent.NAME</c>.</summary>
    public bool ForwardCloudEventPropertiesAsHeaders { get; set; }

    /// <summary>The attributes that become headers; null for all.</summary>
    public string[]? IncludedCloudEventPropertiesAsHeaders { get; set; }

    /// <summary>The attributes that do not become headers, when none are named to be included.</summary>
    public string[]? ExcludedCloudEventPropertiesFromHeaders { get; set; }
}
