using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Tandem.Order;

/// <summary>
/// The orders that have something to do. An order is in hands at most once: one that is signalled while it is worked on is worked on once
/// more afterwards, so that no signal is lost.
/// </summary>
internal sealed class SagaQueue(TimeProvider time) : IDisposable
{
    private readonly Channel<string> _ready = Channel.CreateUnbounded<string>();
    private readonly Dictionary<string, State> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ITimer> _timers = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    private enum State
    {
        Waiting,
        Working,
        WorkingAndSignalled,
    }

    /// <summary>The order has something to do.</summary>
    public void Signal(string orderId)
    {
        lock (_gate)
        {
            if (_states.TryGetValue(orderId, out var state))
            {
                _states[orderId] = state == State.Working ? State.WorkingAndSignalled : state;
                return;
            }

            _states[orderId] = State.Waiting;
        }

        _ready.Writer.TryWrite(orderId);
    }

    /// <summary>The order has something to do then. A later call for the same order takes the place of the earlier one.</summary>
    public void SignalAfter(string orderId, TimeSpan delay)
    {
        var timer = time.CreateTimer(_ => Fire(orderId), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timers.AddOrUpdate(
            orderId,
            timer,
            (_, former) =>
            {
                former.Dispose();
                return timer;
            });
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes an order into one's hands; give it back with <see cref="Release"/>.</summary>
    public async ValueTask<string> TakeAsync(CancellationToken cancellationToken)
    {
        var orderId = await _ready.Reader.ReadAsync(cancellationToken);
        lock (_gate)
        {
            _states[orderId] = State.Working;
        }

        return orderId;
    }

    /// <summary>The order is in nobody's hands any more.</summary>
    public void Release(string orderId)
    {
        lock (_gate)
        {
            if (_states[orderId] != State.WorkingAndSignalled)
            {
                _states.Remove(orderId);
                return;
            }

            _states[orderId] = State.Waiting;
        }

        _ready.Writer.TryWrite(orderId);
    }

    public void Dispose()
    {
        foreach (var timer in _timers.Values)
        {
            timer.Dispose();
        }
    }

    private void Fire(string orderId)
    {
        if (_timers.TryRemove(orderId, out var timer))
        {
            timer.Dispose();
        }

        Signal(orderId);
    }
}
