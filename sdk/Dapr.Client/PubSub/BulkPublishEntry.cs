namespace Dapr.Client;

/// <summary>One event of a bulk publish.</summary>
public class BulkPublishEntry<TValue>(string entryId, TValue eventData, string contentType, IReadOnlyDictionary<string, string>? metadata = null)
{
    /// <summary>What identifies the entry in the answer.</summary>
    public string EntryId { get; } = entryId;

    /// <summary>The event.</summary>
    public TValue EventData { get; } = eventData;

    /// <summary>The content type of the event.</summary>
    public string ContentType { get; } = contentType;

    /// <summary>What goes to the component with this event.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; } = metadata;
}
