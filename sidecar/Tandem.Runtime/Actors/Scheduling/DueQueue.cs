namespace Tandem.Runtime.Actors.Scheduling;

/// <summary>Something that happens at a time: an actor that may be idle, a timer, a reminder. It stands in at most one place of one queue.</summary>
internal abstract class DueItem
{
    /// <summary>Where the item stands in its queue's heap; -1 when it is not queued.</summary>
    internal int Position { get; set; } = -1;

    /// <summary>When the item is due, in UTC ticks.</summary>
    internal long DueTicks { get; set; }

    /// <summary>The time has come. It runs on the clock's thread: it starts work and returns.</summary>
    protected internal abstract void OnDue();
}

/// <summary>
/// Items by the time at which they are due, with one timer for all of them. Adding, moving and removing cost O(log n), so that
/// a reminder a year ahead is as cheap as one in a second, and a removed one leaves nothing behind.
/// </summary>
internal sealed class DueQueue : IDisposable
{
    // The clock can be set and a laptop can sleep: look again after this long, whatever the timer was told.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<DueItem> _heap = [];
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _timer;
    private long _armedFor = long.MaxValue;
    private bool _disposed;

    public DueQueue(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _timer = timeProvider.CreateTimer(static queue => ((DueQueue)queue!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many items wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _heap.Count;
            }
        }
    }

    /// <summary>Queues an item, or moves it when it is queued already.</summary>
    public void Schedule(DueItem item, DateTimeOffset due)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            item.DueTicks = due.UtcTicks;
            if (item.Position < 0)
            {
                item.Position = _heap.Count;
                _heap.Add(item);
            }

            Sift(item);
            Arm();
        }
    }

    /// <summary>Takes an item out; <see langword="false"/> when it was not queued (any more).</summary>
    public bool Remove(DueItem item)
    {
        lock (_gate)
        {
            if (item.Position < 0)
            {
                return false;
            }

            RemoveAt(item.Position);
            return true;
        }
    }

    /// <summary>Empties the queue; it stays usable.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var item in _heap)
            {
                item.Position = -1;
            }

            _heap.Clear();
        }
    }

    public void Dispose()
    {
        Clear();
        lock (_gate)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    private void Fire()
    {
        while (TakeDue() is { } item)
        {
            item.OnDue();
        }
    }

    private DueItem? TakeDue()
    {
        lock (_gate)
        {
            if (_heap.Count > 0 && _heap[0].DueTicks <= _timeProvider.GetUtcNow().UtcTicks)
            {
                var item = _heap[0];
                RemoveAt(0);
                return item;
            }

            _armedFor = long.MaxValue;
            Arm();
            return null;
        }
    }

    private void Arm()
    {
        // A timer that goes off too early costs nothing; one that is moved at every change would.
        if (_disposed || _heap.Count == 0 || _heap[0].DueTicks >= _armedFor)
        {
            return;
        }

        _armedFor = _heap[0].DueTicks;
        var wait = TimeSpan.FromTicks(_armedFor - _timeProvider.GetUtcNow().UtcTicks);
        if (wait <= TimeSpan.Zero)
        {
            // Due already: no timer is needed, and nothing fires on the thread that holds the gate.
            ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.Fire(), this, preferLocal: false);
            return;
        }

        // Timers count whole milliseconds: round up, or the timer spins through the last one.
        wait = wait > LongestWait ? LongestWait : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void RemoveAt(int position)
    {
        var removed = _heap[position];
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        removed.Position = -1;
        if (!ReferenceEquals(removed, last))
        {
            last.Position = position;
            _heap[position] = last;
            Sift(last);
        }
    }

    private void Sift(DueItem item)
    {
        var position = item.Position;
        while (position > 0 && _heap[(position - 1) / 2].DueTicks > item.DueTicks)
        {
            position = MoveInto(position, (position - 1) / 2);
        }

        for (var child = (position * 2) + 1; child < _heap.Count; child = (position * 2) + 1)
        {
            if (child + 1 < _heap.Count && _heap[child + 1].DueTicks < _heap[child].DueTicks)
            {
                child++;
            }

            if (_heap[child].DueTicks >= item.DueTicks)
            {
                break;
            }

            position = MoveInto(position, child);
        }

        _heap[position] = item;
        item.Position = position;
    }

    private int MoveInto(int position, int from)
    {
        _heap[position] = _heap[from];
        _heap[position].Position = position;
        return from;
    }
}
