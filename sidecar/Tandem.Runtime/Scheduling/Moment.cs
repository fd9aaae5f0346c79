using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Runtime.Scheduling;

/// <summary>Points in time as people write them in requests.</summary>
internal static class Moment
{
    /// <summary>RFC 3339, or a duration from now in Go's or ISO 8601 notation; nothing means now.</summary>
    public static bool TryParse(string? text, DateTimeOffset now, out DateTimeOffset moment)
    {
        moment = now;
        var span = text.AsSpan().Trim();
        if (span.IsEmpty || TryParseTime(span, out moment))
        {
            return true;
        }

        if (!TryParseDuration(span, out var months, out var time))
        {
            return false;
        }

        return TryAdd(now, months, time, out moment);
    }

    /// <summary>Reads a duration in Go's or ISO 8601 notation into calendar months and a time.</summary>
    public static bool TryParseDuration(ReadOnlySpan<char> text, out int months, out TimeSpan time)
    {
        if (text.StartsWith("P", StringComparison.Ordinal))
        {
            return IsoDuration.TryParse(text, out months, out time);
        }

        months = 0;
        return GoDuration.TryParse(text, out time);
    }

    /// <summary>Adds a duration; <see langword="false"/> past the end of the calendar.</summary>
    public static bool TryAdd(DateTimeOffset from, int months, TimeSpan time, out DateTimeOffset sum)
    {
        sum = from;
        try
        {
            sum = from.AddMonths(months) + time;
            return true;
        }
        catch (ArgumentOutOfRangeException)
        {
            // Past the end of the calendar: there is no such time.
            return false;
        }
    }

    private static bool TryParseTime(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        // RFC 3339 always says the offset. Go writes up to nine digits of a second, of which .NET knows seven.
        time = default;
        if (text.Length < 20 || text[4] != '-' || text[10] is not ('T' or 't'))
        {
            return false;
        }

        Span<char> buffer = stackalloc char[40];
        if (text.Length > buffer.Length)
        {
            return false;
        }

        var length = 19;
        text[..19].CopyTo(buffer);
        buffer[10] = 'T';
        var rest = text[19..];
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0)
            {
                return false;
            }

            rest[..(1 + Math.Min(digits, 7))].CopyTo(buffer[length..]);
            length += 1 + Math.Min(digits, 7);
            rest = rest[(1 + digits)..];
        }

        if (rest is "z" or "Z")
        {
            rest = "+00:00";
        }

        if (rest.IsEmpty || rest[0] is not ('+' or '-'))
        {
            return false;
        }

        rest.CopyTo(buffer[length..]);
        return DateTimeOffset.TryParseExact(
            buffer[..(length + rest.Length)], "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }
}
