namespace Tandem.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers fire on the thread that advances the clock, in order of their times.
/// </summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private TaskCompletionSource _timersChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins at a time that is easy to read in a failure.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero))
    {
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves the clock and fires, in order, every timer that falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _now = end;
        }
    }

    /// <summary>
    /// Moves the clock step by step until the condition holds. Each step leaves those whom its timers woke a moment to do their work, however slow
    /// the machine is: a clock that ran ahead of them would bring about what belongs to a later time.
    /// </summary>
    public async Task AdvanceUntilAsync(TimeSpan step, Func<bool> condition, int most = 300)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var steps = 0; steps < most; steps++)
        {
            Advance(step);
            for (var looks = 0; looks < 20; looks++)
            {
                if (condition())
                {
                    return;
                }

                await look.WaitForNextTickAsync();
            }
        }

        throw new TimeoutException($"This did not happen within {most} steps of {step}.");
    }

    /// <summary>Waits until somebody waits for a timer that is due within <paramref name="within"/> (of any, when not given).</summary>
    public async Task WaitForTimerAsync(TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_timers.Exists(timer => timer.Due is { } due && (within is null || due <= _now + within)))
                {
                    return;
                }

                changed = _timersChanged.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var timer = _timers.Where(candidate => candidate.Due <= end).MinBy(static candidate => candidate.Due);
            if (timer is null)
            {
                return null;
            }

            _now = timer.Due > _now ? timer.Due.Value : _now;
            timer.Due = timer.Period > TimeSpan.Zero ? timer.Due + timer.Period : null;
            if (timer.Due is null)
            {
                _timers.Remove(timer);
            }

            return timer;
        }
    }

    private void Set(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _timers.Remove(timer);
            timer.Period = period;
            timer.Due = dueTime == Timeout.InfiniteTimeSpan ? null : _now + dueTime;
            if (timer.Due is not null)
            {
                _timers.Add(timer);
            }

            changed = _timersChanged;
            _timersChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
        if (dueTime == TimeSpan.Zero)
        {
            Advance(TimeSpan.Zero);
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public TimeSpan Period { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            owner.Set(this, dueTime, period);
            return true;
        }

        public void Dispose() => owner.Set(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
