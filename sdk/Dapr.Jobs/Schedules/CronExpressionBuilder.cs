using System.Globalization;
using System.Text.RegularExpressions;

namespace Dapr.Jobs;

/// <summary>Builds a cron expression of six fields: second, minute, hour, day of the month, month, day of the week. What is not said is every one.</summary>
public sealed partial class CronExpressionBuilder
{
    private const int Seconds = 0;
    private const int Minutes = 1;
    private const int Hours = 2;
    private const int DaysOfMonth = 3;
    private const int Months = 4;
    private const int DaysOfWeek = 5;

    private readonly string[] _fields = ["*", "*", "*", "*", "*", "*"];

    /// <summary>At these seconds, minutes, hours or days of the month.</summary>
    public CronExpressionBuilder On(OnCronPeriod period, params int[] values)
    {
        var (field, lowest, highest) = period switch
        {
            OnCronPeriod.Second => (Seconds, 0, 59),
            OnCronPeriod.Minute => (Minutes, 0, 59),
            OnCronPeriod.Hour => (Hours, 0, 23),
            OnCronPeriod.DayOfMonth => (DaysOfMonth, 1, 31),
            _ => throw new ArgumentOutOfRangeException(nameof(period), period, null),
        };
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0 || values.Any(value => value < lowest || value > highest))
        {
            throw new ArgumentOutOfRangeException(nameof(values), $"There must be values, and each must be from {lowest} to {highest}.");
        }

        return Set(field, string.Join(',', values.Distinct().Order()));
    }

    /// <summary>In these months.</summary>
    public CronExpressionBuilder On(params MonthOfYear[] months) => Set(Months, string.Join(',', months.Distinct().Order().Select(Name)));

    /// <summary>On these days of the week.</summary>
    public CronExpressionBuilder On(params DayOfWeek[] days) => Set(DaysOfWeek, string.Join(',', days.Distinct().Order().Select(Name)));

    /// <summary>From one value through another, both included.</summary>
    public CronExpressionBuilder Through(ThroughCronPeriod period, int from, int to) => Set(
        period switch
        {
            ThroughCronPeriod.Second => Seconds,
            ThroughCronPeriod.Minute => Minutes,
            ThroughCronPeriod.Hour => Hours,
            ThroughCronPeriod.DayOfMonth => DaysOfMonth,
            ThroughCronPeriod.Month => Months,
            _ => throw new ArgumentOutOfRangeException(nameof(period), period, null),
        },
        Range(from, to, static value => value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>From one day of the week through another, both included.</summary>
    public CronExpressionBuilder Through(DayOfWeek from, DayOfWeek to) => Set(DaysOfWeek, Range(from, to, Name));

    /// <summary>From one month through another, both included.</summary>
    public CronExpressionBuilder Through(MonthOfYear from, MonthOfYear to) => Set(Months, Range(from, to, Name));

    /// <summary>At each one.</summary>
    public CronExpressionBuilder Each(CronPeriod period) => Set((int)period, "*");

    /// <summary>At every so-many-th one.</summary>
    public CronExpressionBuilder Every(EveryCronPeriod period, int interval)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interval);
        return Set(
            period switch
            {
                EveryCronPeriod.Second => Seconds,
                EveryCronPeriod.Minute => Minutes,
                EveryCronPeriod.Hour => Hours,
                EveryCronPeriod.DayInMonth => DaysOfMonth,
                EveryCronPeriod.Month => Months,
                EveryCronPeriod.DayInWeek => DaysOfWeek,
                _ => throw new ArgumentOutOfRangeException(nameof(period), period, null),
            },
            string.Create(CultureInfo.InvariantCulture, $"*/{interval}"));
    }

    /// <summary>The expression.</summary>
    public override string ToString() => string.Join(' ', _fields);

    internal static bool IsCronExpression(string expression)
        => expression.Split(' ') is { Length: 6 } fields && fields.All(static field => Field().IsMatch(field));

    private CronExpressionBuilder Set(int field, string value)
    {
        _fields[field] = value;
        return this;
    }

    private static string Range<T>(T from, T to, Func<T, string> text)
        where T : struct, IComparable
        => from.CompareTo(to) < 0
            ? $"{text(from)}-{text(to)}"
            : throw new ArgumentException($"{from} is not before {to}.", nameof(from));

    private static string Name<T>(T value)
        where T : struct, Enum
        => value.ToString()[..3].ToUpperInvariant();

    [GeneratedRegex(@"^(\*|\?|([0-9]{1,2}|[A-Z]{3})(-([0-9]{1,2}|[A-Z]{3}))?)(/[0-9]{1,2})?(,([0-9]{1,2}|[A-Z]{3})(-([0-9]{1,2}|[A-Z]{3}))?(/[0-9]{1,2})?)*$", RegexOptions.IgnoreCase)]
    private static partial Regex Field();
}
