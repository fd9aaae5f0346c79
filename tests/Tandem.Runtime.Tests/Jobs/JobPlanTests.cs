using Tandem.Runtime.Jobs;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Jobs;

public sealed class JobPlanTests
{
    // 2030-01-02 03:04:05, a Wednesday.
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(null, "10s", null, 10)]
    [InlineData(null, "PT1M", null, 60)]
    [InlineData(null, "2030-01-02T04:04:05+01:00", null, 0)]
    [InlineData(null, "2029-01-01T00:00:00Z", null, -31_633_445)]
    [InlineData("@every 1m30s", null, null, 90)]
    [InlineData("@every 1h", "5s", null, 5)]
    [InlineData("@hourly", null, null, 3355)]
    [InlineData("@daily", null, null, 75_355)]
    [InlineData("10 4 3 * * *", null, null, 5)]
    [InlineData("5 3 * * *", null, null, 55)]
    [InlineData("0 0 0 * * THU", null, null, 75_355)]
    [InlineData("CRON_TZ=Europe/Berlin 0 5 4 * * *", null, null, 55)]
    [InlineData("@every 1s", null, "1h", 1)]
    public void Create_AGoodRequest_SaysWhenItIsDueFirst(string? schedule, string? dueTime, string? ttl, int seconds)
    {
        var job = JobPlan.Create("job", new JobRequest { Schedule = schedule, DueTime = dueTime, Ttl = ttl }, _clock);
        Assert.Equal(_clock.GetUtcNow().AddSeconds(seconds), job.Due);
    }

    [Theory]
    [InlineData("sometimes", null, null, null, "schedule")]
    [InlineData("@every", null, null, null, "schedule")]
    [InlineData("@every 0s", null, null, null, "schedule")]
    [InlineData("@every -1s", null, null, null, "schedule")]
    [InlineData("61 * * * * *", null, null, null, "schedule")]
    [InlineData("0 0 0 30 2 *", null, null, null, "schedule")]
    [InlineData("@every 10000000h", "9000-01-01T00:00:00Z", "1d", null, "ttl")]
    [InlineData("CRON_TZ=Nowhere/Town * * * * * *", null, null, null, "schedule")]
    [InlineData(null, "soon", null, null, "dueTime")]
    [InlineData(null, "R2/PT1S", null, null, "dueTime")]
    [InlineData(null, "P9000Y", null, null, "dueTime")]
    [InlineData("@every 1s", null, "never", null, "ttl")]
    [InlineData("@every 10s", null, "5s", null, "ttl")]
    [InlineData("@every 10s", "10s", "2030-01-02T03:04:06Z", null, "ttl")]
    [InlineData(null, "1s", null, 2, "repeats")]
    [InlineData("@every 1s", null, null, 0, "repeats")]
    public void Create_ABadRequest_NamesTheField(string? schedule, string? dueTime, string? ttl, int? repeats, string field)
    {
        var request = new JobRequest { Schedule = schedule, DueTime = dueTime, Ttl = ttl, Repeats = (uint?)repeats };
        Assert.StartsWith(field, Assert.Throws<FormatException>(() => JobPlan.Create("job", request, _clock)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ATimeToLive_CountsFromTheDueTime()
    {
        var job = JobPlan.Create("job", new JobRequest { Schedule = "@every 1s", DueTime = "1h", Ttl = "10s" }, _clock);
        Assert.Equal(job.Due.AddSeconds(10), job.ExpiresAt);
    }

    [Fact]
    public void After_TimesThatPassed_AreOneAndTheRhythmStays()
    {
        var request = new JobRequest { Schedule = "@every 10s" };
        var job = JobPlan.Create("job", request, _clock);
        _clock.Advance(TimeSpan.FromSeconds(47));
        var next = JobPlan.After(job, request, _clock);
        Assert.Equal((_clock.GetUtcNow().AddSeconds(3), 1), (next!.Due, next.Triggered));
    }

    [Fact]
    public void After_ACalendarSchedule_GoesOnFromNow()
    {
        var request = new JobRequest { Schedule = "0 0 * * * *" };
        var job = JobPlan.Create("job", request, _clock);
        _clock.Advance(TimeSpan.FromHours(2.5));
        Assert.Equal(new DateTimeOffset(2030, 1, 2, 6, 0, 0, TimeSpan.Zero), JobPlan.After(job, request, _clock)!.Due);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("@every 10s", 1, null)]
    [InlineData("@every 10s", null, "15s")]
    [InlineData("@every 87000000h", null, null)]
    public void After_TheLastTime_IsNothing(string? schedule, int? repeats, string? ttl)
    {
        var request = new JobRequest { Schedule = schedule, DueTime = schedule is "@every 10s" ? null : "10s", Repeats = (uint?)repeats, Ttl = ttl };
        var job = JobPlan.Create("job", request, _clock);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(JobPlan.After(job, request, _clock));
    }
}
