using System.Threading.Channels;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>
/// What waits in one consumer group of one process. Messages of one partition key come one after the other: while the first is handled
/// or waits to be tried again, the others wait behind it. The owner guards it with a lock; handlers read <see cref="Ready"/> without.
/// </summary>
internal sealed class DeliveryQueue
{
    private readonly Channel<Delivery> _ready = Channel.CreateUnbounded<Delivery>();
    private readonly Dictionary<string, Queue<Delivery>> _lanes = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Delivery, DateTimeOffset> _delayed = new();

    /// <summary>What can be handled now.</summary>
    public ChannelReader<Delivery> Ready => _ready.Reader;

    /// <summary>How many messages are known and not done.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of those messages.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the next message falls due that is to be tried again.</summary>
    public DateTimeOffset? NextDue => _delayed.TryPeek(out _, out var due) ? due : null;

    public void Add(Delivery delivery)
    {
        Count++;
        Bytes += delivery.Message.Data.Length;
        if (delivery.PartitionKey is not { } key)
        {
            _ready.Writer.TryWrite(delivery);
        }
        else if (_lanes.TryGetValue(key, out var lane))
        {
            lane.Enqueue(delivery);
        }
        else
        {
            _lanes[key] = new Queue<Delivery>();
            _ready.Writer.TryWrite(delivery);
        }
    }

    /// <summary>A message is done (or no longer this process's): the next one of its key may go.</summary>
    public void Remove(Delivery delivery)
    {
        Forget(delivery);
        if (delivery.PartitionKey is not { } key || !_lanes.TryGetValue(key, out var lane))
        {
            return;
        }

        while (lane.TryDequeue(out var next))
        {
            if (!next.Slot.Lost && !next.Slot.Leaving)
            {
                _ready.Writer.TryWrite(next);
                return;
            }

            Forget(next);
        }

        _lanes.Remove(key);
    }

    /// <summary>A message is to be tried again at that time; its key waits with it.</summary>
    public void Delay(Delivery delivery, DateTimeOffset due) => _delayed.Enqueue(delivery, due);

    /// <summary>Makes ready what was delayed until now.</summary>
    public void ReleaseDue(DateTimeOffset now)
    {
        while (_delayed.TryPeek(out var delivery, out var due) && due <= now)
        {
            _delayed.Dequeue();
            _ready.Writer.TryWrite(delivery);
        }
    }

    /// <summary>Makes ready, at once, what was delayed of slots that leave: handlers drop it.</summary>
    public void ReleaseLeaving()
    {
        var kept = _delayed.UnorderedItems.ToList();
        _delayed.Clear();
        foreach (var (delivery, due) in kept)
        {
            if (delivery.Slot.Lost || delivery.Slot.Leaving)
            {
                _ready.Writer.TryWrite(delivery);
            }
            else
            {
                _delayed.Enqueue(delivery, due);
            }
        }
    }

    private void Forget(Delivery delivery)
    {
        Count--;
        Bytes -= delivery.Message.Data.Length;
    }
}
