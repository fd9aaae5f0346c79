using System.Globalization;

namespace Tandem.Notification;

/// <summary>How much of a stream its reader has seen, as the events' ids say it: <c>LAST-SINCE</c>.</summary>
/// <param name="Last">The last one that came unscheduled.</param>
/// <param name="Since">When the last one went out of those that were scheduled, or when the reader began.</param>
internal readonly record struct StreamPosition(long Last, DateTimeOffset Since)
{
    /// <summary>Reads a position; nothing when it is none.</summary>
    public static StreamPosition? TryParse(string? text)
        => text?.Split('-') is [var last, var since]
            && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.Ticks
                ? new StreamPosition(position, new DateTimeOffset(ticks, TimeSpan.Zero))
                : null;

    /// <summary>The position when this one was seen too.</summary>
    public StreamPosition After(NotificationRow row)
        => row.ScheduledAt is null ? this with { Last = row.Position } : this with { Since = row.SentAt ?? Since };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Last}-{Since.UtcTicks}");
}
