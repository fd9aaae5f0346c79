namespace Tandem.Analytics;

/// <summary>
/// The time up to which events are taken to be here: ten seconds behind the latest event. While none comes it goes on with the clock from
/// the last arrival, so that the last window closes as well; it counts from the start of this process and not from the clock alone, as a
/// backlog that waits after a restart is not late.
/// </summary>
internal sealed class Watermark(TimeProvider time)
{
    /// <summary>How late an event may be.</summary>
    public static readonly TimeSpan AllowedLateness = TimeSpan.FromSeconds(10);

    private long _lastArrival = time.GetTimestamp();

    /// <summary>An event has come, and is committed.</summary>
    public void Arrived() => Interlocked.Exchange(ref _lastArrival, time.GetTimestamp());

    /// <summary>The watermark when an event of this time is the latest and has just come.</summary>
    public static DateTimeOffset At(DateTimeOffset maxEventAt) => maxEventAt - AllowedLateness;

    /// <summary>The watermark now.</summary>
    public DateTimeOffset Now(DateTimeOffset maxEventAt) => At(maxEventAt) + time.GetElapsedTime(Interlocked.Read(ref _lastArrival));
}
