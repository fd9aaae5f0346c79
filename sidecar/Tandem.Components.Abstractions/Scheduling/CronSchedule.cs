using Tandem.Components.Metadata;

namespace Tandem.Components.Scheduling;

/// <summary>
/// When something is due: five fields (minute, hour, day of month, month, day of week) or six (a second before them), <c>@every 10s</c>,
/// or <c>@hourly</c> and its like; with <c>CRON_TZ=Zone</c> before the fields to leave local time.
/// </summary>
public sealed class CronSchedule
{
    private const int HorizonYears = 5;

    private readonly CronField _second;
    private readonly CronField _minute;
    private readonly CronField _hour;
    private readonly CronField _dayOfMonth;
    private readonly CronField _month;
    private readonly CronField _dayOfWeek;
    private readonly TimeZoneInfo? _zone;

    private CronSchedule(TimeSpan every) => Every = every;

    private CronSchedule(string[] fields, TimeZoneInfo? zone)
    {
        _second = CronField.Second(fields[0]);
        _minute = CronField.Minute(fields[1]);
        _hour = CronField.Hour(fields[2]);
        _dayOfMonth = CronField.DayOfMonth(fields[3]);
        _month = CronField.Month(fields[4]);
        _dayOfWeek = CronField.DayOfWeek(fields[5]);
        _zone = zone;
    }

    /// <summary>The time between two times of <c>@every</c>; <see langword="null"/> when the calendar says them.</summary>
    public TimeSpan? Every { get; }

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="FormatException">The text is no schedule; the message says which part of it.</exception>
    public static CronSchedule Parse(string text)
    {
        text = text.Trim();
        if (text.StartsWith("@every ", StringComparison.OrdinalIgnoreCase))
        {
            return GoDuration.TryParse(text.AsSpan("@every ".Length), out var every) && every > TimeSpan.Zero
                ? new CronSchedule(every)
                : throw new FormatException($"'{text}' has no duration greater than zero");
        }

        var zone = TakeZone(ref text);
        text = text.ToLowerInvariant() switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => text,
        };

        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) switch
        {
            { Length: 5 } fields => new CronSchedule(["0", .. fields], zone),
            { Length: 6 } fields => new CronSchedule(fields, zone),
            var fields => throw new FormatException($"a schedule has five or six fields, or begins with @; this one has {fields.Length}"),
        };
    }

    /// <summary>The first time after the given one that matches; <see langword="null"/> when there is none for years (30 February).</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo localZone)
    {
        if (Every is { } every)
        {
            return every < DateTimeOffset.MaxValue - after ? after + every : null;
        }

        var zone = _zone ?? localZone;
        var local = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        var time = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, local.Second, DateTimeKind.Unspecified).AddSeconds(1);
        var horizon = time.AddYears(HorizonYears);
        while (time < horizon)
        {
            if (!_month.Contains(time.Month))
            {
                time = new DateTime(time.Year, time.Month, 1).AddMonths(1);
            }
            else if (!MatchesDay(time))
            {
                time = time.Date.AddDays(1);
            }
            else if (!_hour.Contains(time.Hour))
            {
                time = time.Date.AddHours(time.Hour + 1);
            }
            else if (!_minute.Contains(time.Minute))
            {
                time = time.Date.AddHours(time.Hour).AddMinutes(time.Minute + 1);
            }
            else if (!_second.Contains(time.Second))
            {
                time = time.AddSeconds(1);
            }
            else if (zone.IsInvalidTime(time))
            {
                // The clock jumps over this hour in spring.
                time = time.Date.AddHours(time.Hour + 1);
            }
            else if (new DateTimeOffset(time, zone.GetUtcOffset(time)) is var due && due > after)
            {
                return due;
            }
            else
            {
                // The clock went back in autumn: this hour was served before.
                time = time.AddSeconds(1);
            }
        }

        return null;
    }

    private static TimeZoneInfo? TakeZone(ref string text)
    {
        foreach (var prefix in (string[])["CRON_TZ=", "TZ="])
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                var end = text.IndexOf(' ', StringComparison.Ordinal);
                var name = end < 0 ? text[prefix.Length..] : text[prefix.Length..end];
                text = end < 0 ? "" : text[end..].Trim();
                return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
                    ? zone
                    : throw new FormatException($"the time zone '{name}' is not known");
            }
        }

        return null;
    }

    /// <summary>With both day fields restricted one of them is enough, as in every cron.</summary>
    private bool MatchesDay(DateTime day)
    {
        var ofMonth = _dayOfMonth.Contains(day.Day);
        var ofWeek = _dayOfWeek.Contains((int)day.DayOfWeek);
        return _dayOfMonth.IsAny || _dayOfWeek.IsAny ? ofMonth && ofWeek : ofMonth || ofWeek;
    }
}
