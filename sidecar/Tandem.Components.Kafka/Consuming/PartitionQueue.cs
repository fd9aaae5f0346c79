using Tandem.Components.PubSub;

namespace Tandem.Components.Kafka.Consuming;

/// <summary>
/// The messages of one partition that were read and are not done, and whose turn it is. Messages are handled in the partition's order. One
/// that was not handled is set aside for a while, and those behind it go on, except those that have its key. The position, from which
/// the partition is read after a crash, never passes a message that is not done. Not safe for several threads.
/// </summary>
/// <param name="keepsKeys">Whether messages with the key of one that was set aside wait for it.</param>
internal sealed class PartitionQueue(bool retries, TimeSpan retryInterval, bool keepsKeys)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>In the partition's order, up to the first that is not done.</summary>
    private readonly Queue<Delivery> _unfinished = new();
    private readonly Queue<Delivery> _fresh = new();
    private readonly Queue<Delivery> _released = new();
    private readonly PriorityQueue<Delivery, (DateTimeOffset Due, long Offset)> _aside = new();
    private readonly Dictionary<string, Queue<Delivery>> _heldBack = new(StringComparer.Ordinal);

    /// <summary>How many messages are not done, or stand behind one that is not.</summary>
    public int Count => _unfinished.Count;

    /// <summary>How many bytes they hold.</summary>
    public long Bytes { get; private set; }

    /// <summary>The offset to go on from; <see langword="null"/> while nothing is done.</summary>
    public long? Position { get; private set; }

    public void Add(Delivery delivery)
    {
        _unfinished.Enqueue(delivery);
        _fresh.Enqueue(delivery);
        Bytes += delivery.Message.Data.Length;
    }

    /// <summary>The next message to handle; if there is none now, when one that was set aside comes again.</summary>
    public Delivery? Take(DateTimeOffset now, out DateTimeOffset? again)
    {
        again = null;
        if (_aside.TryPeek(out _, out var first))
        {
            if (first.Due <= now)
            {
                return _aside.Dequeue();
            }

            again = first.Due;
        }

        if (_released.TryDequeue(out var released))
        {
            return released;
        }

        while (_fresh.TryDequeue(out var delivery))
        {
            if (delivery.Key is not { } key || _heldBack.Count == 0 || !_heldBack.TryGetValue(key, out var held))
            {
                return delivery;
            }

            held.Enqueue(delivery);
        }

        return null;
    }

    /// <summary>The handler has said its word.</summary>
    public void Complete(Delivery delivery, MessageDisposition disposition, DateTimeOffset now)
    {
        if (disposition is not MessageDisposition.Done && retries)
        {
            SetAside(delivery, now);
            return;
        }

        delivery.State = disposition is MessageDisposition.Done ? DeliveryState.Handled : DeliveryState.PassedOver;
        if (_heldBack.Count > 0 && delivery.Key is { } key && _heldBack.TryGetValue(key, out var held))
        {
            Release(key, held);
        }

        while (_unfinished.TryPeek(out var first) && first.State is not DeliveryState.Waiting)
        {
            _unfinished.Dequeue();
            Bytes -= first.Message.Data.Length;
            if (first.State is DeliveryState.Handled)
            {
                Position = first.Offset + 1;
            }
        }
    }

    private void SetAside(Delivery delivery, DateTimeOffset now)
    {
        var longest = retryInterval > LongestPause ? retryInterval : LongestPause;
        var pause = TimeSpan.FromMilliseconds(Math.Min(retryInterval.TotalMilliseconds * Math.Pow(2, Math.Min(delivery.Failures++, 30)), longest.TotalMilliseconds));
        if (keepsKeys && delivery.Key is { } key)
        {
            _heldBack.TryAdd(key, new Queue<Delivery>());
        }

        _aside.Enqueue(delivery, (now + pause, delivery.Offset));
    }

    private void Release(string key, Queue<Delivery> held)
    {
        if (held.TryDequeue(out var next))
        {
            _released.Enqueue(next);
        }
        else
        {
            _heldBack.Remove(key);
        }
    }
}
