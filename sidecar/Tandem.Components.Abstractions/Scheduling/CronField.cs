using System.Globalization;

namespace Tandem.Components.Scheduling;

/// <summary>One field of a schedule, as the set of the values that match.</summary>
internal readonly record struct CronField(ulong Values, bool IsAny)
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public bool Contains(int value) => (Values & (1UL << value)) != 0;

    public static CronField Second(string text) => Parse(text, "second", 0, 59, [], 0);

    public static CronField Minute(string text) => Parse(text, "minute", 0, 59, [], 0);

    public static CronField Hour(string text) => Parse(text, "hour", 0, 23, [], 0);

    public static CronField DayOfMonth(string text) => Parse(text, "day of month", 1, 31, [], 0);

    public static CronField Month(string text) => Parse(text, "month", 1, 12, Months, 1);

    /// <summary>Sunday is 0, and 7 as well.</summary>
    public static CronField DayOfWeek(string text)
    {
        var field = Parse(text, "day of week", 0, 7, Days, 0);
        return field.Contains(7) ? field with { Values = field.Values | 1 } : field;
    }

    private static CronField Parse(string text, string name, int min, int max, string[] names, int firstName)
    {
        ulong values = 0;
        var any = false;
        foreach (var item in text.Split(','))
        {
            var parts = item.Split('/');
            var step = parts.Length == 1 ? 1 : Number(parts[1], [], 0);
            if (parts.Length > 2 || step < 1)
            {
                throw Fault();
            }

            var range = parts[0].Split('-');
            int from;
            int to;
            if (parts[0] is "*" or "?")
            {
                (from, to) = (min, name == "day of week" ? 6 : max);
                any |= step == 1;
            }
            else
            {
                from = Number(range[0], names, firstName);
                to = range.Length == 2 ? Number(range[1], names, firstName) : parts.Length == 2 ? max : from;
                if (range.Length > 2)
                {
                    throw Fault();
                }
            }

            if (from < min || to > max || from > to)
            {
                throw Fault();
            }

            for (var value = from; value <= to; value += step)
            {
                values |= 1UL << value;
            }
        }

        return new CronField(values, any);

        int Number(string number, string[] known, int first)
        {
            var index = Array.FindIndex(known, candidate => candidate.Equals(number, StringComparison.OrdinalIgnoreCase));
            return index >= 0 ? index + first
                : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
                : throw Fault();
        }

        FormatException Fault() => new($"the field '{text}' is no {name}: it takes {min} to {max}, lists, ranges and steps");
    }
}
