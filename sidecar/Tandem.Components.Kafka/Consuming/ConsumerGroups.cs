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
        var subscription = new TopicSubscription(this, group, topic, new TopicSubscriber(handler, atOnce), client, logger);
        try
        {
            await subscription.StartAsync(cancellationToken);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads a topic, which is there.</summary>
    public async Task<GroupMember> JoinAsync(string group, string topic, TopicSubscriber subscriber, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            if (!_members.TryGetValue(group, out var member))
            {
                _members[group] = member = new GroupMember(group, client, logger, _closing.Token);
            }

            member.Add(topic, subscriber);
            return member;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Reads it no longer, once the subscriber has handled what it had begun.</summary>
    public async Task LeaveAsync(GroupMember member, string topic, TopicSubscriber subscriber)
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

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _changing.WaitAsync();
        await Task.WhenAll(_members.Values.Select(static member => member.DisposeAsync().AsTask()));
        _members.Clear();
        _changing.Release();
    }
}
