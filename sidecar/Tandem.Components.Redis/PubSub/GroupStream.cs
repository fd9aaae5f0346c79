using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.PubSub;

/// <summary>A topic's stream as one consumer group sees it. The group's only consumer has the group's name, as in Dapr.</summary>
internal sealed class GroupStream(RedisClient client, string topic, string group)
{
    private const int IdsAtOnce = 500;

    public string Topic => topic;

    public RedisClient Client => client;

    /// <summary>Makes the group, which begins with the stream's first entry; and the stream where there is none.</summary>
    public async Task CreateGroupAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.ExecuteAsync(new TextCommand("XGROUP", "CREATE", topic, group, "0", "MKSTREAM"), cancellationToken);
        }
        catch (RedisException exception) when (exception.Is("BUSYGROUP"))
        {
            // It is there already.
        }
    }

    /// <summary>Waits for new entries on a connection of its own; none when the time is over.</summary>
    public async Task<IEnumerable<StreamEntry>> ReadNewAsync(RedisSocket socket, int count, TimeSpan block, CancellationToken cancellationToken)
    {
        var command = new TextCommand(
            "XREADGROUP", "GROUP", group, group, "COUNT", $"{count}", "BLOCK", $"{(long)block.TotalMilliseconds}", "STREAMS", topic, ">");
        var reply = await socket.ExecuteAsync(command, block + client.Options.DialTimeout, cancellationToken);
        return reply.Items is [{ Items: [_, var entries] }] ? StreamEntry.ReadAll(topic, entries.Items) : [];
    }

    /// <summary>Takes over entries that have been pending for so long, a page of them; the cursor is <c>0-0</c> after the last one.</summary>
    public async Task<(string Cursor, IEnumerable<StreamEntry> Entries)> ClaimAsync(string cursor, TimeSpan idle, int count, CancellationToken cancellationToken)
    {
        var command = new TextCommand("XAUTOCLAIM", topic, group, group, $"{(long)idle.TotalMilliseconds}", cursor, "COUNT", $"{count}");
        var reply = (await client.ExecuteAsync(command, cancellationToken)).Items;
        return (reply[0].Text, StreamEntry.ReadAll(topic, reply[1].Items));
    }

    /// <summary>Marks entries as handled.</summary>
    public async Task AcknowledgeAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
        => await client.ExecuteAsync(new AcknowledgeEntries(topic, group, ids), cancellationToken);

    /// <summary>Says of pending entries how long they have been so.</summary>
    public async Task SetIdleAsync(IEnumerable<string> ids, TimeSpan idle, CancellationToken cancellationToken)
    {
        foreach (var some in ids.Chunk(IdsAtOnce))
        {
            await client.ExecuteAsync(new SetIdleTime(topic, group, some, idle), cancellationToken);
        }
    }
}
