using System.Text;
using Tandem.Runtime.Actors;
using Tandem.Runtime.Actors.Reminders;
using Tandem.Runtime.Errors;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Actors;

public sealed class ActorReminderTests
{
    private const string Prefix = "tandem-reminders||";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Reminder_Periodic_FiresAndIsShown()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await runtime.CreateReminderAsync("a", "1", "nudge", new ReminderRequest { DueTime = "1s", Period = "1s", Data = "\"remember\""u8.ToArray() }, default).WithinAsync();

        var shown = await runtime.GetReminderAsync("a", "1", "nudge", default).WithinAsync();
        Assert.Equal(("1", "a", "1s", "@every 1s", "\"remember\""), (shown.ActorId, shown.ActorType, shown.DueTime, shown.Period, Encoding.UTF8.GetString(shown.Data!)));
        for (var i = 0; i < 3; i++)
        {
            await machine.Clock.WaitForTimerAsync(Second).WithinAsync();
            machine.Clock.Advance(Second);
            var request = await app.NextAsync();
            Assert.Equal("PUT /actors/a/1/method/remind/nudge", request.Line);
            Assert.Equal("""{"data":"remember","dueTime":"","period":""}""", request.Body);
        }
    }

    [Fact]
    public async Task Reminder_Once_FiresAndIsForgotten()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await runtime.CreateReminderAsync("a", "1", "once", new ReminderRequest { DueTime = "1s" }, default).WithinAsync();
        Assert.Equal(1, await machine.Store.CountAsync(Prefix));

        machine.Clock.Advance(Second);
        await app.NextAsync();
        await UntilAsync(() => runtime.ReminderCount == 0);

        Assert.Equal(0, await machine.Store.CountAsync(Prefix));
        var refusal = await Assert.ThrowsAsync<DaprException>(() => runtime.GetReminderAsync("a", "1", "once", default));
        Assert.Equal((404, "ERR_ACTOR_REMINDER_NOT_FOUND"), (refusal.Error.Status, refusal.Error.Code));
    }

    [Fact]
    public async Task Reminder_WithRepetitions_FiresSoOften()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await runtime.CreateReminderAsync("a", "1", "twice", new ReminderRequest { DueTime = "0s", Period = "R2/PT1S" }, default).WithinAsync();

        await app.NextAsync();
        await machine.Clock.WaitForTimerAsync(Second).WithinAsync();
        machine.Clock.Advance(Second);
        await app.NextAsync();
        await UntilAsync(() => runtime.ReminderCount == 0);

        Assert.Equal(2, app.All.Count);
    }

    [Fact]
    public async Task Restart_RemindersOfTheLastRun_AreFoundAgain()
    {
        await using var machine = new FakeMachine();
        var before = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"));
        await before.CreateReminderAsync("a", "1", "far", new ReminderRequest { DueTime = "1h", Period = "1h" }, default).WithinAsync();
        await before.DisposeAsync();

        var app = new FakeApp();
        var after = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await UntilAsync(() => after.ReminderCount == 1);
        machine.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Empty(app.All);
        machine.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("PUT /actors/a/1/method/remind/far", (await app.NextAsync()).Line);
    }

    [Fact]
    public async Task Restart_TimesWereMissed_FiresOnceAndGoesOnInItsRhythm()
    {
        await using var machine = new FakeMachine();
        var before = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"));
        await before.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "10s", Period = "10s" }, default).WithinAsync();
        await before.DisposeAsync();
        machine.Clock.Advance(TimeSpan.FromSeconds(55));

        var app = new FakeApp();
        await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await app.NextAsync();
        await UntilAsync(() => Encoding.UTF8.GetString(machine.Store.GetAsync($"{Prefix}a||1||r", default).AsTask().Result!.Value.Span).Contains("2030-01-02T03:05:05", StringComparison.Ordinal));
        machine.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Single(app.All);
        machine.Clock.Advance(TimeSpan.FromSeconds(1));

        await app.NextAsync();
        Assert.Equal(2, app.All.Count);
    }

    [Fact]
    public async Task Crash_BetweenTheCallAndItsRecord_FiresAgain()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var before = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await before.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "1s" }, default).WithinAsync();
        machine.Store.WriteFaults.Enqueue(new IOException("the disk is gone"));
        machine.Clock.Advance(Second);
        await app.NextAsync();
        await UntilAsync(() => machine.Store.WriteFaults.IsEmpty);
        await before.DisposeAsync();

        await machine.AddHostAsync(app, FakeMachine.Hosting("a"));

        Assert.Equal("PUT /actors/a/1/method/remind/r", (await app.NextAsync()).Line);
    }

    [Fact]
    public async Task Reminder_StoreFailsAfterTheCall_IsWrittenLaterWithoutAnotherCall()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await runtime.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "1s" }, default).WithinAsync();
        machine.Store.WriteFaults.Enqueue(new IOException("the disk is busy"));

        machine.Clock.Advance(Second);
        await app.NextAsync();
        await machine.Clock.WaitForTimerAsync(Second).WithinAsync();
        machine.Clock.Advance(Second);
        await UntilAsync(() => runtime.ReminderCount == 0);

        Assert.Single(app.All);
        Assert.Equal(0, await machine.Store.CountAsync(Prefix));
    }

    [Fact]
    public async Task Reminder_CallFails_IsTriedAgainWithBackOffUntilItSucceeds()
    {
        await using var machine = new FakeMachine();
        var works = false;
        var app = new FakeApp { Answer = _ => FakeApp.Ok("", works ? System.Net.HttpStatusCode.OK : System.Net.HttpStatusCode.InternalServerError) };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await runtime.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "0s" }, default).WithinAsync();

        await app.NextAsync();
        foreach (var pause in new[] { 1, 2, 4 })
        {
            works = pause == 4;
            var began = machine.Clock.GetUtcNow();
            await UntilAsync(() =>
            {
                machine.Clock.Advance(TimeSpan.FromMilliseconds(100));
                return !app.IsQuiet;
            });
            Assert.True(machine.Clock.GetUtcNow() - began >= TimeSpan.FromSeconds(pause));
            await app.NextAsync();
        }

        await UntilAsync(() => runtime.ReminderCount == 0);
        Assert.Equal(4, app.All.Count);
    }

    [Fact]
    public async Task Start_StoreIsNotThereYet_IsAskedAgain()
    {
        await using var machine = new FakeMachine();
        var before = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"));
        await before.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "1s" }, default).WithinAsync();
        await before.DisposeAsync();
        machine.Clock.Advance(Second);
        machine.Store.ListFaults.Enqueue(new IOException("the database is locked"));

        var app = new FakeApp();
        await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await machine.Clock.WaitForTimerAsync(Second).WithinAsync();
        Assert.Empty(app.All);
        machine.Clock.Advance(Second);

        Assert.Equal("PUT /actors/a/1/method/remind/r", (await app.NextAsync()).Line);
    }

    [Fact]
    public async Task Reminder_RegisteredAnewFromItsOwnCall_KeepsTheNewRegistration()
    {
        await using var machine = new FakeMachine();
        ActorRuntime? runtime = null;
        var app = new FakeApp();
        app.Answer = async _ =>
        {
            await runtime!.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "1h" }, default);
            return await FakeApp.Ok();
        };
        runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await runtime.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "1s" }, default).WithinAsync();

        machine.Clock.Advance(Second);
        await app.NextAsync();
        await runtime.InvokeAsync(FakeMachine.Call("a", "1", "after"), default).WithinAsync();

        Assert.Equal("1h", (await runtime.GetReminderAsync("a", "1", "r", default).WithinAsync()).DueTime);
        Assert.Equal(1, runtime.ReminderCount);
    }

    [Fact]
    public async Task DeleteReminder_BeforeItsTime_NeverFires()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await runtime.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "1s" }, default).WithinAsync();

        await runtime.DeleteReminderAsync("a", "1", "r", default).WithinAsync();
        await runtime.DeleteReminderAsync("a", "1", "never", default).WithinAsync();
        machine.Clock.Advance(2 * Second);
        await runtime.InvokeAsync(FakeMachine.Call("a", "1", "after"), default).WithinAsync();

        Assert.Equal("PUT /actors/a/1/method/after", Assert.Single(app.All).Line);
        Assert.Equal(0, await machine.Store.CountAsync(Prefix));
        Assert.Equal(0, runtime.ReminderCount);
    }

    [Fact]
    public async Task CreateReminder_ThatMayNotOverwrite_IsRefusedWhenThereIsOne()
    {
        await using var machine = new FakeMachine();
        var runtime = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"));
        await runtime.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "1h", Overwrite = false }, default).WithinAsync();

        var refusal = await Assert.ThrowsAsync<DaprException>(() => runtime.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "2h", Overwrite = false }, default));

        Assert.Equal((409, "ERR_ACTOR_REMINDER_ALREADY_EXISTS"), (refusal.Error.Status, refusal.Error.Code));
        await runtime.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "3h" }, default).WithinAsync();
        Assert.Equal("3h", (await runtime.GetReminderAsync("a", "1", "r", default).WithinAsync()).DueTime);
    }

    [Fact]
    public async Task Reminder_PastItsTtl_IsDeletedAndNotFired()
    {
        await using var machine = new FakeMachine();
        var before = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"));
        await before.CreateReminderAsync("a", "1", "r", new ReminderRequest { DueTime = "1s", Ttl = "10s" }, default).WithinAsync();
        await before.DisposeAsync();
        machine.Clock.Advance(20 * Second);

        var app = new FakeApp();
        await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await UntilAsync(() => machine.Store.CountAsync(Prefix).GetAwaiter().GetResult() == 0);

        Assert.Empty(app.All);
    }

    [Fact]
    public async Task CreateReminder_StoreCannotListItsKeys_SaysSo()
    {
        await using var machine = new FakeMachine();
        var runtime = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"), store: new UnlistedStore(machine.Store));

        var refusal = await Assert.ThrowsAsync<DaprException>(() => runtime.CreateReminderAsync("a", "1", "r", new ReminderRequest(), default));

        Assert.Equal("ERR_ACTOR_REMINDER_CREATE", refusal.Error.Code);
        Assert.Contains("KEYS_LIKE", refusal.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateReminder_TypeHostedElsewhere_IsForbidden()
    {
        await using var machine = new FakeMachine();
        var runtime = machine.AddSidecar(new FakeApp());

        var refusal = await Assert.ThrowsAsync<DaprException>(() => runtime.CreateReminderAsync("a", "1", "r", new ReminderRequest(), default));

        Assert.Equal((403, "ERR_ACTOR_REMINDER_NON_HOSTED"), (refusal.Error.Status, refusal.Error.Code));
    }

    [Fact]
    public async Task CreateReminder_ManyAtOnce_AllFireOnce()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));

        await Task.WhenAll(Enumerable.Range(0, 2000).Select(n =>
            runtime.CreateReminderAsync("a", $"{n % 50}", $"r{n}", new ReminderRequest { DueTime = $"{n % 7}s" }, default))).WithinAsync();
        machine.Clock.Advance(10 * Second);
        await UntilAsync(() => runtime.ReminderCount == 0);

        Assert.Equal(2000, app.All.Select(static r => r.Path).Distinct().Count());
        Assert.Equal(2000, app.All.Count);
        Assert.Equal(0, await machine.Store.CountAsync(Prefix));
    }

    [Fact]
    public async Task Start_ValueThatIsNoReminder_DoesNotHideTheOthers()
    {
        await using var machine = new FakeMachine();
        await machine.Store.SetAsync(new Tandem.Components.State.StateSet($"{Prefix}a||0||bad", "not json"u8.ToArray()), default);
        var before = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"));
        await before.CreateReminderAsync("a", "1", "good", new ReminderRequest { DueTime = "1s" }, default).WithinAsync();
        await before.DisposeAsync();

        var after = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"));

        await UntilAsync(() => after.ReminderCount > 0);
        Assert.Equal(1, after.ReminderCount);
    }

    private static Task UntilAsync(Func<bool> condition) => Task.Run(async () =>
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }).WithinAsync();
}
