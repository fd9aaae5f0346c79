using System.Collections.Concurrent;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>Tells the consumers of a database in this process that a topic has new messages; no waiting for a poll.</summary>
internal sealed class TopicSignals
{
    private readonly ConcurrentDictionary<long, ConcurrentDictionary<Action, bool>> _listeners = new();

    public void Add(long topicId, Action listener) => _listeners.GetOrAdd(topicId, static _ => new()).TryAdd(listener, true);

    public void Remove(long topicId, Action listener)
    {
        if (_listeners.TryGetValue(topicId, out var listeners))
        {
            listeners.TryRemove(listener, out _);
        }
    }

    public void Published(long topicId)
    {
        if (_listeners.TryGetValue(topicId, out var listeners))
        {
            foreach (var (listener, _) in listeners)
            {
                listener();
            }
        }
    }
}
