using System.Collections.Frozen;
using System.Text.Json;
using Tandem.Components.PubSub;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>Reads a topic's log ahead of one consumer group's handlers: enough that they never wait, little enough for memory.</summary>
internal sealed class LogReader(GroupSettings settings)
{
    private const int BatchMessages = 256;
    private const long BatchBytes = 1024 * 1024;
    private const int MaxWaiting = 8192;
    private const long MaxWaitingBytes = 32 * 1024 * 1024;

    private static readonly FrozenDictionary<string, string> NoMetadata = FrozenDictionary<string, string>.Empty;

    /// <summary>There may be messages behind those that were read.</summary>
    public bool MayHaveMore { get; private set; }

    /// <summary>
    /// Whether to read on. Only what is ready counts against the handlers' need: a key that waits for its next attempt holds up nobody else
    /// until the limits of memory. The caller holds the group's lock.
    /// </summary>
    public bool HasRoom(DeliveryQueue queue, int concurrency)
    {
        var hasRoom = concurrency > 0 && queue.Ready.Count <= concurrency && queue.Count < MaxWaiting && queue.Bytes < MaxWaitingBytes;
        MayHaveMore |= !hasRoom;
        return hasRoom;
    }

    /// <summary>
    /// Reads one batch into the queue; false when the log ended. The slots change only on the loop that calls this, so the lock is
    /// needed just to take the messages, not while the disk is read.
    /// </summary>
    public async ValueTask<bool> ReadAsync(
        Lock gate, IReadOnlyDictionary<int, SlotProgress> slots, DeliveryQueue queue, CancellationToken cancellationToken)
    {
        var reading = slots.Values.Where(static slot => !slot.Leaving).ToDictionary(static slot => slot.Slot);
        if (reading.Count == 0)
        {
            MayHaveMore = false;
            return false;
        }

        var from = reading.Values.Min(static slot => slot.ScannedUpTo);
        var batch = await settings.Database.ReadAsync(
            static (connection, request) => request.Reader.Read(connection, request.from, request.reading), (Reader: this, from, reading), cancellationToken);
        lock (gate)
        {
            foreach (var (delivery, expired) in batch.Deliveries)
            {
                if (!delivery.Slot.Take(delivery.Offset))
                {
                    continue;
                }

                if (expired)
                {
                    delivery.Slot.Done(delivery.Offset);
                }
                else
                {
                    queue.Add(delivery);
                }
            }

            foreach (var slot in reading.Values)
            {
                slot.Scanned(batch.Last);
            }

            MayHaveMore = batch.Full;
        }

        return batch.Full;
    }

    private Batch Read(SqliteConnection connection, long from, Dictionary<int, SlotProgress> slots)
    {
        var now = settings.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        var deliveries = new List<(Delivery, bool)>();
        var rows = 0;
        var bytes = 0L;
        var last = from;
        MessageLog.Read(connection, settings.TopicId, from, BatchMessages, row =>
        {
            rows++;
            last = PubSubSchema.Offset(row.Int64(0));
            var key = row.TextOrNull(1);
            if (!slots.TryGetValue(PubSubSchema.SlotOf(key, last), out var slot) || last <= slot.ScannedUpTo)
            {
                return true;
            }

            var message = ToMessage(row, key);
            deliveries.Add((new Delivery(slot, last, key, message), !row.IsNull(2) && row.Int64(2) <= now));
            bytes += message.Data.Length;
            return bytes < BatchBytes;
        });

        return new Batch(deliveries, last, rows == BatchMessages || bytes >= BatchBytes);
    }

    private Message ToMessage(SqliteStatement row, string? key)
    {
        IReadOnlyDictionary<string, string> metadata = NoMetadata;
        if (key is not null || !row.IsNull(4))
        {
            var known = row.IsNull(4) ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(row.Bytes(4)) ?? [];
            if (key is not null)
            {
                known[NewMessage.PartitionKeyName] = key;
            }

            metadata = known;
        }

        return new Message(settings.Topic, row.Bytes(5).ToArray(), row.TextOrNull(3), metadata);
    }

    private sealed record Batch(List<(Delivery Delivery, bool Expired)> Deliveries, long Last, bool Full);
}
