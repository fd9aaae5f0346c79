using System.Text;
using System.Threading.Channels;
using Tandem.Components.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.PubSub;

/// <summary>A handler that remembers what it was given, in order, and answers what the test says.</summary>
internal sealed class Recorder(Func<string, MessageDisposition>? answer = null)
{
    private readonly Channel<Message> _messages = Channel.CreateUnbounded<Message>();

    public MessageHandler Handler => (message, _) =>
    {
        _messages.Writer.TryWrite(message);
        return ValueTask.FromResult(answer?.Invoke(Text(message)) ?? MessageDisposition.Done);
    };

    /// <summary>Whether everything that came was looked at.</summary>
    public bool IsEmpty => _messages.Reader.Count == 0;

    public static string Text(Message message) => Encoding.UTF8.GetString(message.Data.Span);

    public Task<Message> NextAsync() => _messages.Reader.ReadAsync().WithinAsync();

    public async Task<string> NextTextAsync() => Text(await NextAsync());

    /// <summary>So many texts, in the order in which they came.</summary>
    public async Task<List<string>> NextTextsAsync(int count)
    {
        var texts = new List<string>();
        while (texts.Count < count)
        {
            texts.Add(await NextTextAsync());
        }

        return texts;
    }
}
