using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Dapr.Jobs.Models;

/// <summary>When a job is due: once, in a period, or by a cron expression of six fields (the first one seconds).</summary>
[JsonConverter(typeof(Converter))]
public sealed partial class DaprJobSchedule
{
    private static readonly string[] Periods = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

    private DaprJobSchedule(string expression) => ExpressionValue = expression;

    /// <summary>At midnight of every first of January.</summary>
    public static DaprJobSchedule Yearly { get; } = new("@yearly");

    /// <summary>At midnight of the first of every month.</summary>
    public static DaprJobSchedule Monthly { get; } = new("@monthly");

    /// <summary>At midnight of every Sunday.</summary>
    public static DaprJobSchedule Weekly { get; } = new("@weekly");

    /// <summary>At every midnight.</summary>
    public static DaprJobSchedule Daily { get; } = new("@daily");

    /// <summary>At every midnight.</summary>
    public static DaprJobSchedule Midnight { get; } = new("@midnight");

    /// <summary>At every full hour.</summary>
    public static DaprJobSchedule Hourly { get; } = new("@hourly");

    /// <summary>The expression as the sidecar takes it.</summary>
    public string ExpressionValue { get; }

    /// <summary>Whether it is a period with a name, such as <c>@daily</c> or <c>@every 1h30m</c>.</summary>
    public bool IsPrefixedPeriodExpression => Periods.Contains(ExpressionValue) || EveryExpression().IsMatch(ExpressionValue);

    /// <summary>Whether it is a point in time.</summary>
    public bool IsPointInTimeExpression => DateTimeOffset.TryParse(ExpressionValue, CultureInfo.InvariantCulture, out _);

    /// <summary>Whether it is a duration, such as <c>1h30m</c> or <c>@every 1h30m</c>.</summary>
    public bool IsDurationExpression => DurationExpression().IsMatch(ExpressionValue);

    /// <summary>Whether it is a cron expression of six fields.</summary>
    public bool IsCronExpression => CronExpressionBuilder.IsCronExpression(ExpressionValue);

    /// <summary>By a cron expression.</summary>
    public static DaprJobSchedule FromCronExpression(CronExpressionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new DaprJobSchedule(builder.ToString());
    }

    /// <summary>Once, at a point in time.</summary>
    public static DaprJobSchedule FromDateTime(DateTimeOffset scheduledTime) => new(scheduledTime.ToString("O", CultureInfo.InvariantCulture));

    /// <summary>By an expression as the sidecar takes it.</summary>
    public static DaprJobSchedule FromExpression(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return new DaprJobSchedule(expression);
    }

    /// <summary>Again and again, in a period of a millisecond or more.</summary>
    public static DaprJobSchedule FromDuration(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.FromMilliseconds(1));
        var text = new StringBuilder("@every ");
        Part((long)duration.TotalHours, "h");
        Part(duration.Minutes, "m");
        Part(duration.Seconds, "s");
        Part(duration.Milliseconds, "ms");
        return new DaprJobSchedule(text.ToString());

        void Part(long value, string unit)
        {
            if (value > 0)
            {
                text.Append(value).Append(unit);
            }
        }
    }

    [GeneratedRegex(@"^@every (\d+(h|ms|m|s))+$")]
    private static partial Regex EveryExpression();

    [GeneratedRegex(@"^(@every )?(\d+(h|ms|m|s))+$")]
    private static partial Regex DurationExpression();

    private sealed class Converter : JsonConverter<DaprJobSchedule>
    {
        public override DaprJobSchedule? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => reader.GetString() is { } expression ? FromExpression(expression) : null;

        public override void Write(Utf8JsonWriter writer, DaprJobSchedule value, JsonSerializerOptions options) => writer.WriteStringValue(value.ExpressionValue);
    }
}
