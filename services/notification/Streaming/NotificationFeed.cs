namespace Tandem.Notification;

/// <summary>Tells those who watch a user's notifications in this process that there is something to see.</summary>
internal sealed class NotificationFeed
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Watcher>> _watchers = new(StringComparer.Ordinal);

    /// <summary>Begins to watch; dispose what is returned.</summary>
    public Watcher Watch(string userId)
    {
        var watcher = new Watcher(this, userId);
        lock (_gate)
        {
            if (!_watchers.TryGetValue(userId, out var watchers))
            {
                _watchers[userId] = watchers = [];
            }

            watchers.Add(watcher);
        }

        return watcher;
    }

    /// <summary>A notification of this user has changed, and it is committed.</summary>
    public void Changed(string userId)
    {
        lock (_gate)
        {
            if (_watchers.TryGetValue(userId, out var watchers))
            {
                watchers.ForEach(static watcher => watcher.Signal.Wake());
            }
        }
    }

    private void Remove(Watcher watcher)
    {
        lock (_gate)
        {
            var watchers = _watchers[watcher.UserId];
            watchers.Remove(watcher);
            if (watchers.Count == 0)
            {
                _watchers.Remove(watcher.UserId);
            }
        }
    }

    internal sealed class Watcher(NotificationFeed feed, string userId) : IDisposable
    {
        public string UserId => userId;

        public DispatchSignal Signal { get; } = new();

        public void Dispose()
        {
            feed.Remove(this);
            Signal.Dispose();
        }
    }
}
