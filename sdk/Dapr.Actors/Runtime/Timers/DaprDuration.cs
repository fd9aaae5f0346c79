using System.Buffers;
using System.Globalization;
using System.Xml;

namespace Dapr.Actors.Runtime;

/// <summary>Durations as the sidecar writes and reads them: Go's (<c>1h0m5s</c>), <c>@every</c> before one, and ISO 8601 with repetitions.</summary>
internal static class DaprDuration
{
    public static readonly TimeSpan Never = TimeSpan.FromMilliseconds(-1);

    private const string Every = "@every ";

    private static readonly SearchValues<char> Amount = SearchValues.Create("0123456789.");

    public static string Format(TimeSpan value)
        => value < TimeSpan.Zero
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{(long)value.TotalHours}h{value.Minutes}m{value.Seconds}s{value.Milliseconds}ms");

    public static string FormatPeriod(TimeSpan period, int? repetitions)
    {
        if (repetitions is not { } times)
        {
            return Format(period);
        }

        return period.Milliseconds == 0 && period > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"R{times}/{XmlConvert.ToString(period)}")
            : throw new ArgumentException("A period with repetitions is a positive number of whole seconds.", nameof(period));
    }

    /// <summary>Reads a duration; what is empty or no duration never comes.</summary>
    public static TimeSpan Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Never;
        }

        if (text.StartsWith(Every, StringComparison.Ordinal))
        {
            text = text[Every.Length..].Trim();
        }

        if (text[0] == 'R' && text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash)
        {
            text = text[(slash + 1)..];
        }

        return text.Length == 0 ? Never : text[0] == 'P' ? ParseIso(text) : ParseGo(text);
    }

    private static TimeSpan ParseIso(string text)
    {
        // Weeks are ISO 8601, but not the XML durations that the framework reads.
        if (text[^1] == 'W' && int.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var weeks))
        {
            return TimeSpan.FromDays(7L * weeks);
        }

        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            return Never;
        }
    }

    private static TimeSpan ParseGo(ReadOnlySpan<char> text)
    {
        double ticks = 0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(Amount);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            {
                return Never;
            }

            text = text[digits..];
            var length = text.IndexOfAny(Amount);
            var unit = length < 0 ? text : text[..length];
            text = text[unit.Length..];
            var scale = unit switch
            {
                "h" => TimeSpan.TicksPerHour,
                "m" => TimeSpan.TicksPerMinute,
                "s" => TimeSpan.TicksPerSecond,
                "ms" => TimeSpan.TicksPerMillisecond,
                "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
                "ns" => 1d / TimeSpan.NanosecondsPerTick,
                _ => -1d,
            };
            if (scale < 0)
            {
                return Never;
            }

            ticks += amount * scale;
        }

        return ticks < long.MaxValue ? TimeSpan.FromTicks((long)ticks) : TimeSpan.MaxValue;
    }
}
