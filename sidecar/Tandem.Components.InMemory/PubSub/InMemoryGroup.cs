using System.Threading.Channels;
using Tandem.Components.PubSub;

namespace Tandem.Components.InMemory.PubSub;

/// <summary>A consumer group's messages, which its members share.</summary>
internal sealed class InMemoryGroup
{
    private readonly Channel<Message> _messages = Channel.CreateUnbounded<Message>();

    /// <summary>How many subscriptions share the messages; guarded by the bus.</summary>
    public int Members { get; set; }

    public ChannelReader<Message> Messages => _messages.Reader;

    /// <summary>Adds a message; none is taken once the bus is closed.</summary>
    public void Add(Message message) => _messages.Writer.TryWrite(message);

    public void Close() => _messages.Writer.TryComplete();
}
