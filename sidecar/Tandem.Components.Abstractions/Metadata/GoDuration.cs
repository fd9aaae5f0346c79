using System.Buffers;
using System.Globalization;

namespace Tandem.Components.Metadata;

/// <summary>Durations as Go writes them (<c>1h15m</c>, <c>300ms</c>, <c>1.5s</c>), which is how Dapr's YAML does.</summary>
public static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Parses a Go duration; a bare <c>0</c> is allowed, any other number needs a unit.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        text = text.Trim();
        var negative = text.StartsWith("-", StringComparison.Ordinal);
        if (negative || text.StartsWith("+", StringComparison.Ordinal))
        {
            text = text[1..];
        }

        if (text is "0")
        {
            return true;
        }

        var ticks = 0m;
        var parts = 0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            text = text[digits..];
            var end = text.IndexOfAny(NumberCharacters);
            var unit = end < 0 ? text : text[..end];
            var unitTicks = TicksOf(unit);
            if (unitTicks == 0)
            {
                return false;
            }

            ticks += number * unitTicks;
            if (ticks > long.MaxValue)
            {
                return false;
            }

            text = text[unit.Length..];
            parts++;
        }

        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return parts > 0;
    }

    private static decimal TicksOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 0.01m,
        "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => 0,
    };
}
