using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Components.State;
using Tandem.Runtime.PubSub.CloudEvents;

namespace Tandem.Runtime.State.Outbox;

/// <summary>
/// A transaction taken apart: what is stored, and an event for each value that is saved. An operation that says <c>outbox.projection</c> is
/// not stored: its value is what the event of the same key carries.
/// </summary>
internal sealed class OutboxEvents
{
    private const string ProjectionName = "outbox.projection";
    private const string ContentTypeName = "contentType";
    private const string OverridePrefix = "cloudevent.";

    private OutboxEvents(IReadOnlyList<StateOperation> stored, IReadOnlyList<(StateSet Saved, StateSet Shown)> events)
    {
        Stored = stored;
        Events = events;
    }

    /// <summary>What the transaction stores.</summary>
    public IReadOnlyList<StateOperation> Stored { get; }

    /// <summary>What is saved, and what its event shows of it.</summary>
    public IReadOnlyList<(StateSet Saved, StateSet Shown)> Events { get; }

    /// <summary>Takes a transaction apart.</summary>
    /// <exception cref="FormatException">A projection belongs to no value that is saved.</exception>
    public static OutboxEvents Of(IReadOnlyList<StateOperation> operations)
    {
        var projections = new Dictionary<string, StateSet>(StringComparer.Ordinal);
        var stored = new List<StateOperation>(operations.Count);
        foreach (var operation in operations)
        {
            if (operation is StateSet set && IsProjection(set))
            {
                projections[set.Key] = set;
            }
            else
            {
                stored.Add(operation);
            }
        }

        var events = stored.OfType<StateSet>().Select(saved => (saved, projections.GetValueOrDefault(saved.Key, saved))).ToList();
        var lost = projections.Keys.Except(events.Select(static pair => pair.saved.Key)).FirstOrDefault();
        return lost is null ? new OutboxEvents(stored, events) : throw new FormatException($"the projection '{lost}' belongs to no value of the transaction");
    }

    /// <summary>The event of one saved value, as it is carried until the transaction has committed.</summary>
    public static ReadOnlyMemory<byte> Write(CloudEventWriter writer, OutboxSettings settings, string id, StateSet saved, StateSet shown, string? traceParent)
    {
        var (data, contentType) = DataOf(shown);
        var outgoing = new OutgoingEvent(
            settings.PubSubName, settings.Topic, data, contentType, new Dictionary<string, string> { [OverridePrefix + "id"] = id }, traceParent);
        var written = writer.Write(outgoing);
        if (saved.Metadata is null && shown.Metadata is null)
        {
            return written;
        }

        var cloudEvent = JsonNode.Parse(written.Span)!.AsObject();
        Override(cloudEvent, saved);
        Override(cloudEvent, shown);
        return JsonSerializer.SerializeToUtf8Bytes(cloudEvent);
    }

    private static bool IsProjection(StateSet set)
        => set.Metadata?.GetValueOrDefault(ProjectionName) is { } text && bool.TryParse(text, out var value) && value;

    /// <summary>A text is sent as what it says, as Dapr does; an object or a list as the JSON that it is.</summary>
    private static (ReadOnlyMemory<byte> Data, string ContentType) DataOf(StateSet shown)
    {
        var contentType = shown.Metadata?.GetValueOrDefault(ContentTypeName);
        try
        {
            using var document = JsonDocument.Parse(shown.Value);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.String when contentType is null || !CloudEventWriter.IsJson(contentType)
                    => (System.Text.Encoding.UTF8.GetBytes(document.RootElement.GetString()!), contentType ?? "text/plain"),
                JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null => (shown.Value, contentType ?? "application/json"),
                _ => (shown.Value, contentType ?? "text/plain"),
            };
        }
        catch (JsonException)
        {
            return (shown.Value, contentType ?? "application/octet-stream");
        }
    }

    /// <summary>The metadata of an operation are attributes of its event; what the event is found by, and its data, stay.</summary>
    private static void Override(JsonObject cloudEvent, StateSet set)
    {
        foreach (var (name, value) in set.Metadata ?? new Dictionary<string, string>())
        {
            var attribute = name.StartsWith(OverridePrefix, StringComparison.OrdinalIgnoreCase) ? name[OverridePrefix.Length..] : name;
            if (attribute is not ("id" or "data" or "data_base64" or "specversion" or "topic" or "pubsubname" or ContentTypeName or ProjectionName or "ttlInSeconds") && attribute.Length > 0)
            {
                cloudEvent[attribute] = value;
            }
        }
    }
}
