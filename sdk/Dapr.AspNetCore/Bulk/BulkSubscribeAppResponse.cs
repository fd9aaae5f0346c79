namespace Dapr.AspNetCore;

/// <summary>What became of each event of a bulk call.</summary>
#pragma warning disable CA1002 // The official member is a list.
public class BulkSubscribeAppResponse(List<BulkSubscribeAppResponseEntry> statuses)
{
    /// <summary>The events' outcomes.</summary>
    public List<BulkSubscribeAppResponseEntry> Statuses { get; } = statuses;
}
#pragma warning restore CA1002

/// <summary>What became of one event.</summary>
public class BulkSubscribeAppResponseEntry(string entryId, BulkSubscribeAppResponseStatus status)
{
    /// <summary>The event.</summary>
    public string EntryId { get; } = entryId;

    /// <summary>Its outcome.</summary>
    public string Status { get; } = status.ToString();
}

#pragma warning disable CA1707 // Dapr's own words on the wire.
/// <summary>The outcomes that the sidecar knows.</summary>
public enum BulkSubscribeAppResponseStatus
{
    /// <summary>Done.</summary>
    SUCCESS,

    /// <summary>Deliver it again.</summary>
    RETRY,

    /// <summary>Give it up.</summary>
    DROP,
}
#pragma warning restore CA1707
