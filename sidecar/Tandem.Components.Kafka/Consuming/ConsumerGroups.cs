using Microsoft.Extensions.Logging;
using Tandem.Components.Kafka.Client;
using Tandem.Components.PubSub;

namespace Tandem.Components.Kafka.Consuming;

/// <summary>The consumer groups in which a component reads: in each it is one member, whatever number of topics it reads there.</summary>
internal sealed class ConsumerGroups(KafkaClient client, ILogger logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Dictionary<string, GroupMember> _members = new(StringComparer.Ordinal);

    /// <summary>Reads a topic until the result is disposed, which waits for handlers that run.</summary>
    /// <param name="atOnce">How many messages of a partition the handler takes at once.</param>
    public async Task<IAsyncDisposable> SubscribeAsync(string group, string topic, MessageHandler handler, int atOnce, CancellationToken cancellationToken)
    {
        await client.Topics.EnsureAsync(topic, cancellationToken);
        var subscriber = new TopicSubscriber(handler, atOnce);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            if (!_members.TryGetValue(group, out var member))
            {
                _members[group] = member = new GroupMember(group, client, logger, _closing.Token);
            }

            member.Add(topic, subscriber);
            return new Subscription(() => LeaveAsync(member, topic, subscriber));
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _changing.WaitAsync();
        await Task.WhenAll(_members.Values.Select(static member => member.DisposeAsync().AsTask()));
        _members.Clear();
        _changing.Release();
    }

    private async Task LeaveAsync(GroupMember member, string topic, TopicSubscriber subscriber)
    {
        await subscriber.LeaveAsync();
        await _changing.WaitAsync();
        try
        {
            if (await member.RemoveAsync(topic, subscriber) && _members.Remove(member.Group))
            {
                await member.DisposeAsync();
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    private sealed class Subscription(Func<Task> end) : IAsyncDisposable
    {
        private Func<Task>? _end = end;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _end, null) is { } leave)
            {
                await leave();
            }
        }
    }
}
