using System.Globalization;
using Tandem.Components.Scheduling;

namespace Tandem.Components.Tests.Cron;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2026-03-01 10:00:30", "2026-03-01 10:01:00")]
    [InlineData("* * * * *", "2026-03-01 10:01:00", "2026-03-01 10:02:00")]
    [InlineData("*/15 * * * *", "2026-03-01 10:50:00", "2026-03-01 11:00:00")]
    [InlineData("5,10-12 8 * * *", "2026-03-01 08:10:00", "2026-03-01 08:11:00")]
    [InlineData("10/20 * * * *", "2026-03-01 08:31:00", "2026-03-01 08:50:00")]
    [InlineData("0 0 29 2 *", "2026-03-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 12 * * MON-FRI", "2026-02-27 12:00:00", "2026-03-02 12:00:00")]
    [InlineData("0 0 * * 7", "2026-02-27 12:00:00", "2026-03-01 00:00:00")]
    [InlineData("0 0 1 JAN,jul *", "2026-02-27 12:00:00", "2026-07-01 00:00:00")]
    [InlineData("0 0 13 * FRI", "2026-03-01 00:00:00", "2026-03-06 00:00:00")]
    [InlineData("0 0 ? * 2", "2026-03-01 00:00:00", "2026-03-03 00:00:00")]
    [InlineData("*/10 * * * * *", "2026-03-01 10:00:35", "2026-03-01 10:00:40")]
    [InlineData("30 0 0 1 1 *", "2026-03-01 10:00:35", "2027-01-01 00:00:30")]
    [InlineData("@every 90s", "2026-03-01 10:00:00", "2026-03-01 10:01:30")]
    [InlineData("@hourly", "2026-03-01 10:00:00", "2026-03-01 11:00:00")]
    [InlineData("@daily", "2026-12-31 10:00:00", "2027-01-01 00:00:00")]
    [InlineData("@weekly", "2026-03-01 10:00:00", "2026-03-08 00:00:00")]
    [InlineData("@monthly", "2026-03-01 10:00:00", "2026-04-01 00:00:00")]
    [InlineData("@yearly", "2026-03-01 10:00:00", "2027-01-01 00:00:00")]
    public void Next_InUtc_IsTheFirstTimeThatMatches(string schedule, string after, string expected)
        => Assert.Equal(Utc(expected), CronSchedule.Parse(schedule).Next(Utc(after), TimeZoneInfo.Utc));

    [Theory]
    // The clock jumps from 02:00 to 03:00 on 29 March 2026 in Berlin, and back from 03:00 to 02:00 on 25 October.
    [InlineData("CRON_TZ=Europe/Berlin 0 9 * * *", "2026-03-28 12:00:00", "2026-03-29 07:00:00")]
    [InlineData("TZ=Europe/Berlin 0 9 * * *", "2026-03-27 12:00:00", "2026-03-28 08:00:00")]
    [InlineData("CRON_TZ=Europe/Berlin 30 2 * * *", "2026-03-28 12:00:00", "2026-03-30 00:30:00")]
    [InlineData("CRON_TZ=Europe/Berlin 0 4 * * *", "2026-10-24 12:00:00", "2026-10-25 03:00:00")]
    public void Next_InAZone_FollowsItsClock(string schedule, string after, string expected)
        => Assert.Equal(Utc(expected), CronSchedule.Parse(schedule).Next(Utc(after), TimeZoneInfo.Utc));

    [Fact]
    public void Next_DateThatNeverComes_IsNull() => Assert.Null(CronSchedule.Parse("0 0 30 2 *").Next(Utc("2026-03-01 00:00:00"), TimeZoneInfo.Utc));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("*/0 * * * *")]
    [InlineData("5-1 * * * *")]
    [InlineData("a * * * *")]
    [InlineData("1,,2 * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("1/2/3 * * * *")]
    [InlineData("@every")]
    [InlineData("@every soon")]
    [InlineData("@every 0s")]
    [InlineData("@sometimes")]
    [InlineData("CRON_TZ=Nowhere/City * * * * *")]
    public void Parse_NoSchedule_IsRefused(string text) => Assert.Throws<FormatException>(() => CronSchedule.Parse(text));

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
