using System.Threading.Channels;

namespace Tandem.Components;

/// <summary>Wakes one loop: when told, or when a time has come. Being told twice before it looks is being told once.</summary>
public sealed class WakeSignal : IDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly TimeProvider _timeProvider;
    private readonly ITimer _timer;

    /// <summary>Makes a signal that nobody has given yet.</summary>
    public WakeSignal(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _timer = timeProvider.CreateTimer(
            static state => ((WakeSignal)state!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Wakes the loop.</summary>
    public void Set() => _signal.Writer.TryWrite(true);

    /// <summary>Waits until told, or until the time.</summary>
    public async ValueTask WaitAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (_signal.Reader.TryRead(out _))
        {
            return;
        }

        var left = until - _timeProvider.GetUtcNow();
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await _signal.Reader.ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
