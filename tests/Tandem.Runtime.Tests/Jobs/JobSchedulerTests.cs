using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components;
using Tandem.Components.Jobs;
using Tandem.Components.Metadata;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Jobs;
using Tandem.Runtime.Tests.Actors;
using Tandem.Sidecar;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Jobs;

public sealed class JobSchedulerTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly FakeApp _app = new();
    private readonly List<JobScheduler> _schedulers = [];
    private readonly IJobStore _store;

    public JobSchedulerTests() => _store = BuiltInComponents.CreateCatalog().JobStores.Create(new ComponentContext
    {
        Name = "jobs",
        Type = "jobs.sqlite",
        Metadata = new ComponentMetadata(new Dictionary<string, string> { ["connectionString"] = _folder["jobs.db"] }),
        AppId = "",
        TimeProvider = _clock,
        LoggerFactory = NullLoggerFactory.Instance,
    });

    [Fact]
    public async Task Start_WithoutJobs_MakesNoFile()
    {
        Start();
        await _clock.WaitForTimerAsync().WithinAsync();
        Assert.False(File.Exists(_folder["jobs.db"]));
    }

    [Fact]
    public async Task ScheduleAsync_ADueTime_CallsTheAppOnce()
    {
        var jobs = Start();
        await jobs.ScheduleAsync("pack it", new JobRequest { DueTime = "1s", Data = """{"task": "pack"}"""u8.ToArray() }, CancellationToken.None);
        await AdvanceAsync(1);

        var call = await _app.NextAsync();
        Assert.Equal("POST /job/pack%20it", call.Line);
        Assert.Equal("""{"task": "pack"}""", call.Body);
        Assert.Equal("application/json", call.Headers["Content-Type"]);
        await WaitUntilGoneAsync(jobs, "pack it");
    }

    [Fact]
    public async Task ScheduleAsync_Repeats_CallsTheAppThatOften()
    {
        var jobs = Start();
        await jobs.ScheduleAsync("twice", new JobRequest { Schedule = "@every 1s", Repeats = 2 }, CancellationToken.None);
        for (var i = 0; i < 2; i++)
        {
            await AdvanceAsync(1);
            Assert.Equal("POST /job/twice", (await _app.NextAsync()).Line);
        }

        await WaitUntilGoneAsync(jobs, "twice");
        Assert.True(_app.IsQuiet);
    }

    [Fact]
    public async Task ScheduleAsync_TheSameName_NeedsOverwrite()
    {
        var jobs = Start();
        await jobs.ScheduleAsync("one", new JobRequest { DueTime = "1h", Data = "1"u8.ToArray() }, CancellationToken.None);

        var error = (await Assert.ThrowsAsync<DaprException>(() => jobs.ScheduleAsync("one", new JobRequest { DueTime = "2h" }, CancellationToken.None))).Error;
        Assert.Equal((409, "DAPR_SCHEDULER_SCHEDULE_JOB"), (error.Status, error.Code));

        await jobs.ScheduleAsync("one", new JobRequest { DueTime = "2h", Overwrite = true }, CancellationToken.None);
        Assert.Equal("2h", (await jobs.GetAsync("one", CancellationToken.None)).DueTime);
    }

    [Fact]
    public async Task ScheduleAsync_OfOneApp_IsNotSeenByAnother()
    {
        var other = Start(new FakeApp(), "other");
        await Start().ScheduleAsync("mine", new JobRequest { DueTime = "1h" }, CancellationToken.None);
        await Assert.ThrowsAsync<DaprException>(() => other.GetAsync("mine", CancellationToken.None));
    }

    [Theory]
    [InlineData("", "1s", null, 400, "DAPR_SCHEDULER_JOB_NAME_EMPTY")]
    [InlineData("job", "1s", "named", 400, "DAPR_SCHEDULER_JOB_NAME")]
    [InlineData("job", null, null, 400, "DAPR_SCHEDULER_SCHEDULE_EMPTY")]
    [InlineData("job", "whenever", null, 500, "DAPR_SCHEDULER_SCHEDULE_JOB")]
    public async Task ScheduleAsync_ABadRequest_IsRefused(string name, string? dueTime, string? nameInBody, int status, string code)
    {
        var refused = await Assert.ThrowsAsync<DaprException>(
            () => Start().ScheduleAsync(name, new JobRequest { DueTime = dueTime, Name = nameInBody }, CancellationToken.None));
        Assert.Equal((status, code), (refused.Error.Status, refused.Error.Code));
    }

    [Fact]
    public async Task Start_AfterItsTimeHasPassed_TriggersLateAndOnce()
    {
        var before = Create(_app);
        await before.ScheduleAsync("late", new JobRequest { Schedule = "@every 1m" }, CancellationToken.None);
        await before.DisposeAsync();
        _clock.Advance(TimeSpan.FromHours(1));

        Start();
        Assert.Equal("POST /job/late", (await _app.NextAsync()).Line);
        await _clock.WaitForTimerAsync().WithinAsync();
        Assert.True(_app.IsQuiet);
    }

    [Fact]
    public async Task Start_TwoSidecarsOfAnApp_TriggerAJobOnce()
    {
        var second = new FakeApp();
        var jobs = Start();
        Start(second);
        for (var i = 0; i < 20; i++)
        {
            await jobs.ScheduleAsync($"job{i}", new JobRequest { DueTime = "0s" }, CancellationToken.None);
        }

        for (var i = 0; i < 20; i++)
        {
            await WaitUntilGoneAsync(jobs, $"job{i}");
        }

        Assert.Equal(20, _app.All.Concat(second.All).Select(static call => call.Path).Distinct().Count());
        Assert.Equal(20, _app.All.Count + second.All.Count);
    }

    [Fact]
    public async Task Trigger_TheAppFails_IsTriedAgainAsThePolicySays()
    {
        _app.Answer = static _ => FakeApp.Ok(status: HttpStatusCode.InternalServerError);
        var jobs = Start();
        await jobs.ScheduleAsync("fails", new JobRequest { DueTime = "0s", FailurePolicy = new(2, TimeSpan.FromSeconds(0.5)) }, CancellationToken.None);
        await _app.NextAsync();
        for (var i = 0; i < 2; i++)
        {
            await AdvanceAsync(0.5);
            await _app.NextAsync();
        }

        await WaitUntilGoneAsync(jobs, "fails");
        Assert.True(_app.IsQuiet);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, 0u)]
    [InlineData(HttpStatusCode.NotFound, 3u)]
    public async Task Trigger_ARefusalWithoutRetry_IsOneCall(HttpStatusCode status, uint retries)
    {
        _app.Answer = _ => FakeApp.Ok(status: status);
        var jobs = Start();
        await jobs.ScheduleAsync("refused", new JobRequest { DueTime = "0s", FailurePolicy = new(retries, TimeSpan.Zero) }, CancellationToken.None);
        await _app.NextAsync();
        await WaitUntilGoneAsync(jobs, "refused");
        Assert.True(_app.IsQuiet);
    }

    [Fact]
    public async Task Trigger_WhileTheAppIsDown_Waits()
    {
        var jobs = Start();
        await _clock.WaitForTimerAsync().WithinAsync();
        _app.GoDown();
        await jobs.ScheduleAsync("waits", new JobRequest { DueTime = "0s", FailurePolicy = JobFailurePolicy.Drop }, CancellationToken.None);
        Assert.NotNull(await jobs.GetAsync("waits", CancellationToken.None));
        _app.ComeUp();
        Assert.Equal("POST /job/waits", (await _app.NextAsync()).Line);
    }

    [Fact]
    public async Task DeleteAsync_BetweenTwoTries_EndsThem()
    {
        _app.Answer = static _ => FakeApp.Ok(status: HttpStatusCode.InternalServerError);
        var jobs = Start();
        await jobs.ScheduleAsync("gone", new JobRequest { DueTime = "0s", FailurePolicy = new(null, TimeSpan.FromSeconds(1)) }, CancellationToken.None);
        await _app.NextAsync();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1)).WithinAsync();
        await jobs.DeleteAsync("gone", CancellationToken.None);
        await AdvanceAsync(1);
        await jobs.ScheduleAsync("next", new JobRequest { DueTime = "0s" }, CancellationToken.None);
        Assert.Equal("POST /job/next", (await _app.NextAsync()).Line);
    }

    [Fact]
    public async Task DisposeAsync_DuringACall_LetsItEnd()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _app.Answer = _ => answer.Task;
        var jobs = Start();
        await jobs.ScheduleAsync("runs", new JobRequest { DueTime = "0s" }, CancellationToken.None);
        await _app.NextAsync();
        var end = jobs.DisposeAsync().AsTask();
        Assert.False(end.IsCompleted);
        answer.SetResult(await FakeApp.Ok());
        await end.WithinAsync();

        await Assert.ThrowsAsync<DaprException>(() => Create(_app).GetAsync("runs", CancellationToken.None));
    }

    [Fact]
    public async Task DisposeAsync_BetweenTwoTries_GivesTheJobBack()
    {
        _app.Answer = static _ => FakeApp.Ok(status: HttpStatusCode.InternalServerError);
        var jobs = Start();
        await jobs.ScheduleAsync("fails", new JobRequest { DueTime = "0s", FailurePolicy = new(null, TimeSpan.FromSeconds(1)) }, CancellationToken.None);
        await _app.NextAsync();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1)).WithinAsync();
        await jobs.DisposeAsync().AsTask().WithinAsync();
        _app.Answer = static _ => FakeApp.Ok();

        Start();
        Assert.Equal("POST /job/fails", (await _app.NextAsync()).Line);
    }

    [Fact]
    public async Task Trigger_OverwrittenDuringTheCall_KeepsTheNewOne()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _app.Answer = _ => answer.Task;
        var jobs = Start();
        await jobs.ScheduleAsync("one", new JobRequest { DueTime = "0s" }, CancellationToken.None);
        await _app.NextAsync();
        await jobs.ScheduleAsync("one", new JobRequest { DueTime = "1h", Overwrite = true }, CancellationToken.None);
        answer.SetResult(await FakeApp.Ok());
        await jobs.DisposeAsync();

        var kept = Create(_app);
        Assert.Equal("1h", (await kept.GetAsync("one", CancellationToken.None)).DueTime);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var scheduler in _schedulers)
        {
            await scheduler.DisposeAsync();
        }

        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private JobScheduler Start() => Start(_app);

    private JobScheduler Start(FakeApp app, string appId = "app")
    {
        var scheduler = Create(app, appId);
        _schedulers.Add(scheduler);
        scheduler.Start();
        return scheduler;
    }

    private JobScheduler Create(FakeApp app, string appId = "app")
        => new(new SidecarOptions { AppId = appId }, _store, app, _clock, NullLoggerFactory.Instance);

    private async Task AdvanceAsync(double seconds)
    {
        var by = TimeSpan.FromSeconds(seconds);
        await _clock.WaitForTimerAsync(by + TimeSpan.FromMilliseconds(1)).WithinAsync();
        _clock.Advance(by + TimeSpan.FromMilliseconds(1));
    }

    private static async Task WaitUntilGoneAsync(JobScheduler jobs, string name)
    {
        async Task LookAsync()
        {
            while (true)
            {
                try
                {
                    await jobs.GetAsync(name, CancellationToken.None);
                    await Task.Yield();
                }
                catch (DaprException)
                {
                    return;
                }
            }
        }

        await LookAsync().WithinAsync($"the job {name} is done");
    }
}
