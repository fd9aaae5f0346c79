namespace Dapr.AspNetCore;

#pragma warning disable CA1002, CA2227 // The official members are lists and dictionaries that can be set.

/// <summary>Several events of a topic in one call.</summary>
public class BulkSubscribeMessage<TValue>
{
    /// <summary>For deserialization.</summary>
    public BulkSubscribeMessage()
    {
    }

    /// <summary>Events of a topic.</summary>
    public BulkSubscribeMessage(List<BulkSubscribeMessageEntry<TValue>> entries, string topic, Dictionary<string, string> metadata)
    {
        Entries = entries;
        Topic = topic;
        Metadata = metadata;
    }

    /// <summary>The events.</summary>
    public List<BulkSubscribeMessageEntry<TValue>> Entries { get; set; } = [];

    /// <summary>The topic.</summary>
    public string Topic { get; set; } = "";

    /// <summary>What the component says with the call.</summary>
    public Dictionary<string, string> Metadata { get; set; } = [];
}

/// <summary>One event of a bulk call.</summary>
public class BulkSubscribeMessageEntry<TValue>
{
    /// <summary>For deserialization.</summary>
    public BulkSubscribeMessageEntry()
    {
    }

    /// <summary>An event.</summary>
    public BulkSubscribeMessageEntry(string entryId, string contentType, Dictionary<string, string> metadata, TValue eventData)
    {
        EntryId = entryId;
        ContentType = contentType;
        Metadata = metadata;
        Event = eventData;
    }

    /// <summary>What the answer names the event by.</summary>
    public string EntryId { get; set; } = "";

    /// <summary>The event's content type.</summary>
    public string ContentType { get; set; } = "";

    /// <summary>What the component says with the event.</summary>
    public Dictionary<string, string> Metadata { get; set; } = [];

    /// <summary>The event.</summary>
    public TValue Event { get; set; } = default!;
}

/// <summary>The CloudEvent of an entry.</summary>
public class BulkMessageModel<TValue>
{
    /// <summary>For deserialization.</summary>
    public BulkMessageModel()
    {
    }

    /// <summary>A CloudEvent.</summary>
    public BulkMessageModel(string id, string source, string type, string specversion, string datacontenttype, TValue data)
    {
        Id = id;
        Source = source;
        Type = type;
        Specversion = specversion;
        Datacontenttype = datacontenttype;
        Data = data;
    }

    /// <summary>The event's id.</summary>
    public string Id { get; set; } = "";

    /// <summary>Where it happened.</summary>
    public string Source { get; set; } = "";

    /// <summary>What happened.</summary>
    public string Type { get; set; } = "";

    /// <summary>The version of the CloudEvents specification.</summary>
    public string Specversion { get; set; } = "";

    /// <summary>The content type of the data.</summary>
    public string Datacontenttype { get; set; } = "";

    /// <summary>The data.</summary>
    public TValue Data { get; set; } = default!;
}

#pragma warning restore CA1002, CA2227
