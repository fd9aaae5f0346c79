using Tandem.Components.PubSub;

namespace Tandem.Components.Kafka.Consuming;

/// <summary>A message that was read, until its handler has said its word.</summary>
internal sealed class Delivery(Message message, long offset, string? key)
{
    public Message Message => message;

    public long Offset => offset;

    /// <summary>Messages with the same one keep their order.</summary>
    public string? Key => key;

    /// <summary>How often it was handled in vain.</summary>
    public int Failures { get; set; }

    public DeliveryState State { get; set; }
}

internal enum DeliveryState
{
    /// <summary>It waits for its handler, or is with it.</summary>
    Waiting,

    /// <summary>It was handled: whoever has the partition next begins after it.</summary>
    Handled,

    /// <summary>It was not handled, and does not come again unless somebody begins before it.</summary>
    PassedOver,
}
