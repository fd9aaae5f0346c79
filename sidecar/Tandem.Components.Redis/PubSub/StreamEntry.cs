using Tandem.Components.PubSub;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.PubSub;

/// <summary>An entry of a stream, as a message.</summary>
internal sealed record StreamEntry(string Id, Message Message)
{
    /// <summary>Reads a list of entries; those that were deleted meanwhile are left out.</summary>
    public static IEnumerable<StreamEntry> ReadAll(string topic, RedisReply[] entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Items is [var id, { Kind: ReplyKind.Array } fields])
            {
                yield return new StreamEntry(id.Text, ReadMessage(topic, fields.Items));
            }
        }
    }

    private static Message ReadMessage(string topic, RedisReply[] fields)
    {
        byte[] data = [];
        byte[] metadata = [];
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var name = fields[i].Bytes.AsSpan();
            if (name.SequenceEqual("data"u8))
            {
                data = fields[i + 1].Bytes;
            }
            else if (name.SequenceEqual("metadata"u8))
            {
                metadata = fields[i + 1].Bytes;
            }
        }

        return new Message(topic, data, ContentType: null, EntryMetadata.Read(metadata));
    }
}
