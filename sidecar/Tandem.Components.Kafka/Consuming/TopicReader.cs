using Tandem.Components.PubSub;

namespace Tandem.Components.Kafka.Consuming;

/// <summary>Those in this process who read a topic in one consumer group: one as a rule; where there are more, they take turns.</summary>
internal sealed class TopicReader
{
    private volatile TopicSubscriber[] _subscribers = [];
    private int _turn;

    /// <summary>How many messages of a partition are handled at once.</summary>
    public int AtOnce { get; private set; } = 1;

    public bool IsEmpty => _subscribers.Length == 0;

    public void Add(TopicSubscriber subscriber)
    {
        _subscribers = [.. _subscribers, subscriber];
        AtOnce = _subscribers.Max(static each => each.AtOnce);
    }

    public void Remove(TopicSubscriber subscriber) => _subscribers = [.. _subscribers.Where(other => other != subscriber)];

    public ValueTask<MessageDisposition> HandleAsync(Message message, CancellationToken cancellationToken)
    {
        var subscribers = _subscribers;
        for (var i = 0; i < subscribers.Length; i++)
        {
            var subscriber = subscribers[(int)((uint)Interlocked.Increment(ref _turn) % (uint)subscribers.Length)];
            if (subscriber.TryBegin())
            {
                return subscriber.HandleAsync(message, cancellationToken);
            }
        }

        // All have left; whoever reads the topic next gets it.
        return ValueTask.FromResult(MessageDisposition.Retry);
    }
}

/// <summary>One subscription to a topic.</summary>
/// <param name="atOnce">How many messages of a partition it takes at once.</param>
internal sealed class TopicSubscriber(MessageHandler handler, int atOnce)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _hasLeft;

    public int AtOnce => atOnce;

    /// <summary>Whether it takes a message; it is then to be handled.</summary>
    public bool TryBegin()
    {
        lock (_lock)
        {
            if (_hasLeft)
            {
                return false;
            }

            _running++;
            return true;
        }
    }

    public async ValueTask<MessageDisposition> HandleAsync(Message message, CancellationToken cancellationToken)
    {
        try
        {
            return await handler(message, cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                if (--_running == 0 && _hasLeft)
                {
                    _idle.TrySetResult();
                }
            }
        }
    }

    /// <summary>Takes no further message; done when those that it has are handled.</summary>
    public Task LeaveAsync()
    {
        lock (_lock)
        {
            _hasLeft = true;
            if (_running == 0)
            {
                _idle.TrySetResult();
            }
        }

        return _idle.Task;
    }
}
