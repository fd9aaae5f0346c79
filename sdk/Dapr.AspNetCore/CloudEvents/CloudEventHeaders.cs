using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Dapr;

/// <summary>Copies a CloudEvent's attributes to request headers <c>Cloudevent.NAME</c>.</summary>
internal sealed class CloudEventHeaders(CloudEventsMiddlewareOptions options)
{
    // The data is the body; the sidecar sends the trace as a header of its own.
    private static readonly FrozenSet<string> Never = new[] { "data", "data_base64", "datacontenttype", "pubsubname", "traceparent" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenSet<string>? _included = options.IncludedCloudEventPropertiesAsHeaders?.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private readonly FrozenSet<string>? _excluded = options.ExcludedCloudEventPropertiesFromHeaders?.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public void Forward(JsonElement envelope, IHeaderDictionary headers)
    {
        foreach (var attribute in envelope.EnumerateObject())
        {
            if (Takes(attribute.Name) && Text(attribute.Value) is { } value)
            {
                headers.TryAdd("Cloudevent." + attribute.Name.ToLowerInvariant(), value);
            }
        }
    }

    private bool Takes(string name)
        => !Never.Contains(name) && (_included is not null ? _included.Contains(name) : _excluded?.Contains(name) != true);

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };
}
