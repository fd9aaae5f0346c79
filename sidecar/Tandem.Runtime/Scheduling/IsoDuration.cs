using System.Globalization;

namespace Tandem.Runtime.Scheduling;

/// <summary>ISO 8601 durations: <c>P1Y2M10DT2H30M</c>, <c>P2W</c>, <c>PT0.5S</c>. Days and weeks are 24 hours and seven days, as all is UTC.</summary>
internal static class IsoDuration
{
    private const string DateUnits = "YMWD";
    private const string TimeUnits = "HMS";

    /// <summary>Parses a duration into calendar months and a time.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out int months, out TimeSpan time)
    {
        months = 0;
        time = TimeSpan.Zero;
        if (text.Length < 2 || text[0] != 'P')
        {
            return false;
        }

        text = text[1..];
        var inTime = false;
        var order = -1;
        var wholeMonths = 0L;
        var seconds = 0m;
        while (!text.IsEmpty)
        {
            if (text[0] == 'T' && !inTime)
            {
                inTime = true;
                order = -1;
                text = text[1..];

                // "P1DT" says that a time follows, and none does.
                if (text.IsEmpty)
                {
                    return false;
                }

                continue;
            }

            var digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits > 0 && text[digits] == '.' && inTime)
            {
                var fraction = text[(digits + 1)..].IndexOfAnyExceptInRange('0', '9');
                digits = fraction > 0 && text[digits + 1 + fraction] == 'S' ? digits + 1 + fraction : -1;
            }

            if (digits <= 0 || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > int.MaxValue)
            {
                return false;
            }

            // Each unit at most once, from the largest to the smallest.
            var unit = (inTime ? TimeUnits : DateUnits).IndexOf(text[digits], StringComparison.Ordinal);
            if (unit <= order)
            {
                return false;
            }

            order = unit;
            switch (text[digits])
            {
                case 'Y':
                    wholeMonths += (long)number * 12;
                    break;
                case 'M' when !inTime:
                    wholeMonths += (long)number;
                    break;
                default:
                    seconds += number * SecondsOf(text[digits]);
                    break;
            }

            text = text[(digits + 1)..];
        }

        if (wholeMonths > 12 * 9999 || seconds > (decimal)TimeSpan.MaxValue.TotalSeconds / 2)
        {
            return false;
        }

        months = (int)wholeMonths;
        time = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    private static int SecondsOf(char unit) => unit switch
    {
        'W' => 7 * 24 * 3600,
        'D' => 24 * 3600,
        'H' => 3600,
        'M' => 60,
        _ => 1,
    };
}
