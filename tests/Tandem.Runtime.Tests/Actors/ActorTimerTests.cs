using System.Text;
using Tandem.Runtime.Actors.Timers;
using Tandem.Runtime.Errors;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Actors;

public sealed class ActorTimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Timer_Periodic_FiresWithTheRequestsWordsUntilDeleted()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        runtime.CreateTimer("a", "1", "tick tock", new TimerRequest { DueTime = "300ms", Period = "1s", Callback = "onTick", Data = Encoding.UTF8.GetBytes("""{"n":1}""") });

        machine.Clock.Advance(TimeSpan.FromMilliseconds(300));
        var request = await app.NextAsync();
        Assert.Equal("PUT /actors/a/1/method/timer/tick%20tock", request.Line);
        Assert.Equal("""{"callback":"onTick","data":{"n":1},"dueTime":"300ms","period":"1s"}""", request.Body);
        Assert.Equal("application/json", request.Headers["Content-Type"]);

        await machine.Clock.WaitForTimerAsync(Second).WithinAsync();
        machine.Clock.Advance(Second);
        await app.NextAsync();
        runtime.DeleteTimer("a", "1", "tick tock");
        await runtime.InvokeAsync(FakeMachine.Call("a", "1", "after"), default).WithinAsync();
        machine.Clock.Advance(10 * Second);
        await runtime.InvokeAsync(FakeMachine.Call("a", "1", "after"), default).WithinAsync();

        Assert.Equal(2, app.All.Count(static r => r.Path.Contains("timer", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Timer_WithRepetitions_FiresSoOften()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        runtime.CreateTimer("a", "1", "three", new TimerRequest { DueTime = "1s", Period = "R3/PT1S" });

        for (var i = 0; i < 3; i++)
        {
            await machine.Clock.WaitForTimerAsync(Second).WithinAsync();
            machine.Clock.Advance(Second);
            await app.NextAsync();
        }

        await WaitForLongerTimerAsync(machine);
        machine.Clock.Advance(4 * Second);
        Assert.Equal(3, app.All.Count);
    }

    [Fact]
    public async Task Timer_Due_WaitsForTheRunningTurn()
    {
        await using var machine = new FakeMachine();
        var slow = new TaskCompletionSource();
        var app = new FakeApp { Answer = async r => { await (r.Path.EndsWith("slow", StringComparison.Ordinal) ? slow.Task : Task.CompletedTask); return await FakeApp.Ok(); } };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        var turn = runtime.InvokeAsync(FakeMachine.Call("a", "1", "slow"), default);
        await app.NextAsync();
        runtime.CreateTimer("a", "1", "t", new TimerRequest { DueTime = "1s" });

        machine.Clock.Advance(Second);
        Assert.True(app.IsQuiet);
        slow.SetResult();

        await turn.WithinAsync();
        Assert.Equal("PUT /actors/a/1/method/timer/t", (await app.NextAsync()).Line);
    }

    [Fact]
    public async Task Timer_ReplacedByOneOfTheSameName_FiresOnlyAsTheNewOne()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        runtime.CreateTimer("a", "1", "t", new TimerRequest { DueTime = "1s", Callback = "old" });
        runtime.CreateTimer("a", "1", "t", new TimerRequest { DueTime = "2s", Callback = "new" });

        machine.Clock.Advance(2 * Second);

        Assert.Contains("new", (await app.NextAsync()).Body, StringComparison.Ordinal);
        Assert.Single(app.All);
    }

    [Fact]
    public async Task Timer_CallbackFails_FiresAgainAtItsNextTime()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp { Answer = static _ => FakeApp.Ok("no", System.Net.HttpStatusCode.InternalServerError) };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        runtime.CreateTimer("a", "1", "t", new TimerRequest { DueTime = "1s", Period = "1s" });

        for (var i = 0; i < 2; i++)
        {
            await machine.Clock.WaitForTimerAsync(Second).WithinAsync();
            machine.Clock.Advance(Second);
            Assert.Equal("PUT /actors/a/1/method/timer/t", (await app.NextAsync()).Line);
        }
    }

    [Fact]
    public async Task Timer_PastItsTtl_EndsSilently()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        runtime.CreateTimer("a", "1", "t", new TimerRequest { DueTime = "1s", Period = "1s", Ttl = "1500ms" });

        machine.Clock.Advance(Second);
        await app.NextAsync();
        await WaitForLongerTimerAsync(machine);
        machine.Clock.Advance(4 * Second);

        Assert.Single(app.All);
    }

    [Fact]
    public async Task Timer_AppAnswersThatItWantsNoMore_Ends()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp
        {
            Answer = static async _ =>
            {
                var response = await FakeApp.Ok();
                response.Headers.Add("X-DaprReminderCancel", "true");
                return response;
            },
        };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        runtime.CreateTimer("a", "1", "t", new TimerRequest { DueTime = "1s", Period = "1s" });

        machine.Clock.Advance(Second);
        await app.NextAsync();
        await WaitForLongerTimerAsync(machine);
        machine.Clock.Advance(4 * Second);

        Assert.Single(app.All);
    }

    [Fact]
    public async Task Timer_ActorIsDeactivated_EndsWithIt()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, """{"entities":["a"],"actorIdleTimeout":"2s"}""");
        runtime.CreateTimer("a", "1", "t", new TimerRequest { DueTime = "3s" });

        machine.Clock.Advance(2 * Second);
        Assert.Equal("DELETE /actors/a/1", (await app.NextAsync()).Line);
        await Assert.ThrowsAsync<DaprException>(async () => await WhenInactiveAsync(runtime));
        machine.Clock.Advance(2 * Second);

        Assert.Single(app.All);
    }

    [Theory]
    [InlineData("soon", null, null)]
    [InlineData("1s", "often", null)]
    [InlineData("1s", "1s", "later")]
    [InlineData("10s", "1s", "5s")]
    public async Task CreateTimer_FieldCannotBeUsed_IsRefused(string dueTime, string? period, string? ttl)
    {
        await using var machine = new FakeMachine();
        var runtime = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"));

        var refusal = Assert.Throws<DaprException>(() => runtime.CreateTimer("a", "1", "t", new TimerRequest { DueTime = dueTime, Period = period, Ttl = ttl }));

        Assert.Equal("ERR_ACTOR_TIMER_CREATE", refusal.Error.Code);
        Assert.Equal(500, refusal.Error.Status);
    }

    [Fact]
    public async Task DeleteTimer_ThatIsNotThere_Succeeds()
    {
        await using var machine = new FakeMachine();
        var runtime = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"));

        Assert.Null(Record.Exception(() => runtime.DeleteTimer("a", "1", "none")));
    }

    /// <summary>When a timer has ended, the next thing that is waited for is further away than its period.</summary>
    private static async Task WaitForLongerTimerAsync(FakeMachine machine)
    {
        // The look at the placement, every five seconds, is always there; the timer's turn ends before it is.
        await machine.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(5)).WithinAsync();
    }

    /// <summary>Saves state until the actor is not active any more, which state says by refusing.</summary>
    private static async Task WhenInactiveAsync(Tandem.Runtime.Actors.ActorRuntime runtime)
    {
        while (true)
        {
            await runtime.SaveStateAsync("a", "1", [new Tandem.Components.State.StateDelete("x")], default);
            await Task.Yield();
        }
    }
}
