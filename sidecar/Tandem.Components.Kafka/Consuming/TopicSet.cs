namespace Tandem.Components.Kafka.Consuming;

/// <summary>
/// The topics that a member of a group reads. Each change means that the whole group shares its partitions out anew, so those that come
/// together, as an app's subscriptions do, are taken together.
/// </summary>
internal sealed class TopicSet(TimeProvider timeProvider)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TopicReader> _readers = new(StringComparer.Ordinal);
    private TaskCompletionSource? _change;
    private long _changedAt;

    public void Add(string topic, TopicSubscriber subscriber)
    {
        lock (_lock)
        {
            if (!_readers.TryGetValue(topic, out var reader))
            {
                _readers[topic] = reader = new TopicReader();
            }

            if (reader.IsEmpty)
            {
                Change();
            }

            reader.Add(subscriber);
        }
    }

    /// <summary>Whether nothing is left; otherwise done when the topic is no longer read here.</summary>
    /// <param name="ended">When nobody will look any more.</param>
    public async Task<bool> RemoveAsync(string topic, TopicSubscriber subscriber, Task ended)
    {
        Task changed;
        lock (_lock)
        {
            // It stays when it is empty: what was read for it goes on with whoever subscribes next.
            var reader = _readers[topic];
            reader.Remove(subscriber);
            if (!reader.IsEmpty)
            {
                return false;
            }

            if (_readers.Values.All(static each => each.IsEmpty))
            {
                return true;
            }

            changed = Change();
        }

        await Task.WhenAny(changed, ended);
        return false;
    }

    public TopicReader? Find(string topic)
    {
        lock (_lock)
        {
            return _readers.GetValueOrDefault(topic);
        }
    }

    /// <summary>The topics, when they are others than the last time and have been so for a moment.</summary>
    public IReadOnlyList<string>? TakeChange()
    {
        if (Volatile.Read(ref _change) is null)
        {
            return null;
        }

        lock (_lock)
        {
            var topics = _readers.Where(static pair => !pair.Value.IsEmpty).Select(static pair => pair.Key).ToList();
            if (_change is not { } change || timeProvider.GetElapsedTime(_changedAt) < Rest || topics.Count == 0)
            {
                return null;
            }

            _change = null;
            change.SetResult();
            return topics;
        }
    }

    /// <summary>Whoever reads has forgotten the topics.</summary>
    public void ChangeAgain()
    {
        lock (_lock)
        {
            Change();
        }
    }

    private Task Change()
    {
        _changedAt = timeProvider.GetTimestamp();
        _change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _change.Task;
    }
}
