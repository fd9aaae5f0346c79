using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tandem.Runtime.Scheduling;

namespace Tandem.Runtime.Actors.Scheduling;

/// <summary>How often a timer or reminder repeats: every so many months and so much time, so many times or for ever.</summary>
/// <param name="Repetitions">How many times it fires in all; <see langword="null"/> when for ever.</param>
internal sealed record ActorPeriod(int Months, TimeSpan Time, int? Repetitions)
{
    private const string Every = "@every ";

    /// <summary>Fires once.</summary>
    public static ActorPeriod Once { get; } = new(0, TimeSpan.Zero, 1);

    /// <summary>Whether there is a second time at all.</summary>
    public bool Repeats => Months > 0 || Time > TimeSpan.Zero;

    /// <summary>Reads Go's durations, ISO 8601 with or without repetitions (<c>R3/PT1S</c>) and <c>@every 1s</c>; nothing means once.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ActorPeriod? period)
    {
        period = Once;
        var rest = text.AsSpan().Trim();
        if (rest.IsEmpty)
        {
            return true;
        }

        int? repetitions = null;
        if (rest[0] == 'R')
        {
            var slash = rest.IndexOf('/');
            var count = slash < 0 ? rest[1..] : rest[1..slash];
            if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            {
                period = null;
                return false;
            }

            repetitions = number;
            rest = slash < 0 ? default : rest[(slash + 1)..];
            if (rest.IsEmpty)
            {
                // Repetitions of nothing come to one.
                period = number == 1 ? Once : null;
                return period is not null;
            }
        }
        else if (rest.StartsWith(Every, StringComparison.Ordinal))
        {
            rest = rest[Every.Length..];
        }

        if (!Moment.TryParseDuration(rest, out var months, out var time) || time < TimeSpan.Zero)
        {
            period = null;
            return false;
        }

        period = months == 0 && time == TimeSpan.Zero ? Once : new ActorPeriod(months, time, repetitions);
        return true;
    }

    /// <summary>
    /// The next time after one that has fired: on the grid that the period lays, and after now. Times that passed meanwhile are
    /// one time, which has just been made up for. <see langword="null"/> when there is none any more.
    /// </summary>
    public DateTimeOffset? NextAfter(DateTimeOffset fired, DateTimeOffset now)
    {
        if (!Repeats)
        {
            return null;
        }

        var next = fired;
        if (Months == 0 && now > fired)
        {
            next = fired.AddTicks((now - fired).Ticks / Time.Ticks * Time.Ticks);
        }

        do
        {
            if (!Moment.TryAdd(next, Months, Time, out next))
            {
                return null;
            }
        }
        while (next <= now);

        return next;
    }

    /// <summary>How Dapr shows the period of a reminder: <c>@every 1m30s</c>, or nothing.</summary>
    public override string ToString() => (Repeats, Months) switch
    {
        (false, _) => "",
        (true, 0) => Every + FormatGo(Time),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Every}P{Months}M{(Time > TimeSpan.Zero ? System.Xml.XmlConvert.ToString(Time)[1..] : "")}"),
    };

    private static string FormatGo(TimeSpan time)
    {
        if (time < TimeSpan.FromSeconds(1))
        {
            return time >= TimeSpan.FromMilliseconds(1)
                ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.####}ms")
                : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0.#}µs");
        }

        var seconds = (time.Ticks % TimeSpan.TicksPerMinute) / (decimal)TimeSpan.TicksPerSecond;
        var hours = (long)time.TotalHours;
        return hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{time.Minutes}m{seconds:0.#######}s")
            : time.Minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m{seconds:0.#######}s")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#######}s");
    }
}
