using Tandem.Components.PubSub;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>A message on its way to a handler.</summary>
internal sealed class Delivery(SlotProgress slot, long offset, string? partitionKey, Message message)
{
    public SlotProgress Slot { get; } = slot;

    public long Offset { get; } = offset;

    public string? PartitionKey { get; } = partitionKey;

    public Message Message { get; } = message;

    /// <summary>How often the message was not handled.</summary>
    public int FailedAttempts { get; set; }
}
