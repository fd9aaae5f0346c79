namespace Tandem.Analytics;

/// <summary>
/// The time up to which events are taken to be here: ten seconds behind the latest event. While none comes it goes on with the clock from
/// the last arrival, so that the last window closes as well; it counts from the start of this process and not from the clock alone, as a
/// backlog that waits after a restart is not late. What another instance took in is an arrival too: it shows in the latest event.
/// </summary>
internal sealed class Watermark(TimeProvider time)
{
    /// <summary>How late an event may be.</summary>
    public static readonly TimeSpan AllowedLateness = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long _lastArrival = time.GetTimestamp();
    private DateTimeOffset _latestSeen = DateTimeOffset.MinValue;

    /// <summary>An event has come, and is committed.</summary>
    public void Arrived()
    {
        lock (_gate)
        {
            _lastArrival = time.GetTimestamp();
        }
    }

    /// <summary>The watermark when an event of this time is the latest and has just come.</summary>
    public static DateTimeOffset At(DateTimeOffset maxEventAt) => maxEventAt - AllowedLateness;

    /// <summary>The watermark now, when the latest event that any instance has stored is of this time.</summary>
    public DateTimeOffset Now(DateTimeOffset maxEventAt)
    {
        lock (_gate)
        {
            if (maxEventAt > _latestSeen)
            {
                _latestSeen = maxEventAt;
                _lastArrival = time.GetTimestamp();
            }

            return At(maxEventAt) + time.GetElapsedTime(_lastArrival);
        }
    }
}
