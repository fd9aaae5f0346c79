using Tandem.Components.PubSub;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.PubSub;

/// <summary>Appends a message to its topic's stream.</summary>
/// <param name="trimming">The stream's length or oldest entry, as the component says.</param>
internal readonly struct AddEntry(PublishRequest request, ReadOnlyMemory<byte> metadata, StreamTrimming trimming) : IRedisCommand
{
    /// <summary>Twice is better than not at all.</summary>
    public bool MayRepeat => true;

    public int Replies => 1;

    public void Write(RespBuffer buffer)
    {
        buffer.Begin(7 + trimming.Arguments);
        buffer.Add("XADD"u8);
        buffer.Add(request.Topic);
        trimming.Write(buffer);
        buffer.Add("*"u8);
        buffer.Add("data"u8);
        buffer.Add(request.Data.Span);
        buffer.Add("metadata"u8);
        buffer.Add(metadata.Span);
    }
}

/// <summary>Appends several messages, all or none.</summary>
internal readonly struct AddEntries(IReadOnlyList<AddEntry> entries) : IRedisCommand
{
    public bool MayRepeat => true;

    public int Replies => entries.Count + 2;

    public void Write(RespBuffer buffer)
    {
        buffer.Begin(1);
        buffer.Add("MULTI"u8);
        foreach (var entry in entries)
        {
            entry.Write(buffer);
        }

        buffer.Begin(1);
        buffer.Add("EXEC"u8);
    }
}

/// <summary>What an XADD cuts off: by length, by age, or nothing.</summary>
internal readonly struct StreamTrimming(RedisPubSubOptions options, DateTimeOffset now)
{
    private readonly long _oldest = options.StreamTimeToLive is { } timeToLive ? (now - timeToLive).ToUnixTimeMilliseconds() : 0;
    private readonly long _length = options.MaxLenApprox;

    public int Arguments => _length > 0 || _oldest > 0 ? 3 : 0;

    public void Write(RespBuffer buffer)
    {
        if (Arguments == 0)
        {
            return;
        }

        buffer.Add(_length > 0 ? "MAXLEN"u8 : "MINID"u8);
        buffer.Add("~"u8);
        buffer.Add(_length > 0 ? _length : _oldest);
    }
}

/// <summary>Marks entries as handled.</summary>
internal readonly struct AcknowledgeEntries(string topic, string group, IReadOnlyList<string> ids) : IRedisCommand
{
    public bool MayRepeat => true;

    public int Replies => 1;

    public void Write(RespBuffer buffer)
    {
        buffer.Begin(3 + ids.Count);
        buffer.Add("XACK"u8);
        buffer.Add(topic);
        buffer.Add(group);
        foreach (var id in ids)
        {
            buffer.Add(id);
        }
    }
}

/// <summary>Says of entries that are pending with this consumer how long they have been so: anew, or long enough for anyone to take them.</summary>
internal readonly struct SetIdleTime(string topic, string group, IReadOnlyList<string> ids, TimeSpan idle) : IRedisCommand
{
    public bool MayRepeat => true;

    public int Replies => 1;

    public void Write(RespBuffer buffer)
    {
        buffer.Begin(8 + ids.Count);
        buffer.Add("XCLAIM"u8);
        buffer.Add(topic);
        buffer.Add(group);
        buffer.Add(group);
        buffer.Add("0"u8);
        foreach (var id in ids)
        {
            buffer.Add(id);
        }

        buffer.Add("IDLE"u8);
        buffer.Add((long)idle.TotalMilliseconds);
        buffer.Add("JUSTID"u8);
    }
}
