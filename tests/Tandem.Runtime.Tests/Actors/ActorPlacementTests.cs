using System.Net;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.Actors.Reminders;
using Tandem.Runtime.Peers;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Actors;

public sealed class ActorPlacementTests
{
    [Fact]
    public void Score_OfManyActors_SpreadsThemAndMovesFewWhenAHostComes()
    {
        string[] three = ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"];
        string[] four = [.. three, "10.0.0.4:1"];
        var actors = Enumerable.Range(0, 10_000).Select(static n => $"user-{n}").ToArray();

        var shares = actors.CountBy(id => Owner(three, id)).ToDictionary();
        Assert.All(shares.Values, static share => Assert.InRange(share, 3000, 3700));
        Assert.All(actors.Where(id => Owner(three, id) != Owner(four, id)), id => Assert.Equal(four[3], Owner(four, id)));
        Assert.InRange(actors.Count(id => Owner(three, id) != Owner(four, id)), 2200, 2800);

        static string Owner(string[] hosts, string id) => hosts.MaxBy(host => RendezvousHash.Score(host, "t", id))!;
    }

    [Fact]
    public void Score_IsTheSameInEveryVersion() => Assert.Equal(231388627050402020UL, RendezvousHash.Score("127.0.0.1:50002", "Basket", "user-1"));

    [Fact]
    public async Task Invoke_FromAnotherSidecarOfTheProcess_GoesThereDirectly()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp { Answer = static _ => FakeApp.Ok("here") };
        await machine.AddHostAsync(app, FakeMachine.Hosting("a"), "127.0.0.1:1");
        var caller = machine.AddSidecar(new FakeApp { IsConfigured = false }, "127.0.0.1:2");

        var answer = await caller.InvokeAsync(FakeMachine.Call("a", "1", "x") with { CallerAppId = "caller" }, default).WithinAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal("caller", (await app.NextAsync()).Headers[ActorCall.CallerHeader]);
    }

    [Fact]
    public async Task Invoke_HostInAnotherProcess_GoesThroughItsInternalListener()
    {
        await using var machine = new FakeMachine();
        machine.Announce("127.0.0.1:9", "a");
        HttpRequestMessage? sent = null;
        machine.Peer = (address, request) =>
        {
            sent = request;
            Assert.Equal("127.0.0.1:9", address);
            return FakeApp.Ok("there");
        };
        var caller = machine.AddSidecar(new FakeApp { IsConfigured = false }, "127.0.0.1:2");

        var answer = await caller.InvokeAsync(FakeMachine.Call("a", "1 2", "x", reentrancyId: "chain") with { Query = "?q=1" }, default).WithinAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal("PUT /actors/a/1%202/method/x?q=1", $"{sent!.Method} {sent.RequestUri!.OriginalString}");
        Assert.Equal("chain", sent.Headers.GetValues(ActorCall.ReentrancyHeader).Single());
    }

    [Fact]
    public async Task Invoke_NobodyHostsTheType_SaysSoAfterAWhile()
    {
        await using var machine = new FakeMachine();
        var caller = machine.AddSidecar(new FakeApp { IsConfigured = false });

        var call = caller.InvokeAsync(FakeMachine.Call("unheard-of", "1", "x"), default);
        await AdvanceUntilAsync(machine, call);

        Assert.Equal((500, "ERR_ACTOR_NO_ADDRESS"), ((await call).Status, (await call).Error!.Code));
    }

    [Fact]
    public async Task Invoke_AppStartsAgainMeanwhile_WaitsForIt()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        await runtime.UnregisterAsync(appIsGone: true, default).WithinAsync();

        var call = runtime.InvokeAsync(FakeMachine.Call("a", "1", "x"), default);
        Assert.False(call.IsCompleted);
        await FakeMachine.RegisterAsync(runtime, FakeMachine.Hosting("a"));
        await AdvanceUntilAsync(machine, call);

        Assert.Equal(200, (await call).Status);
    }

    [Fact]
    public async Task Invoke_PeerSaysItIsNotThere_LooksAgain()
    {
        await using var machine = new FakeMachine();
        machine.Announce("127.0.0.1:9", "a");
        var asked = 0;
        machine.Peer = (_, _) => FakeApp.Ok("", ++asked < 3 ? (HttpStatusCode)421 : HttpStatusCode.OK);
        var caller = machine.AddSidecar(new FakeApp { IsConfigured = false }, "127.0.0.1:2");

        var call = caller.InvokeAsync(FakeMachine.Call("a", "1", "x"), default);
        await AdvanceUntilAsync(machine, call);

        Assert.Equal(200, (await call).Status);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task Invoke_PeerBreaksAfterTheRequestWasSent_IsNotRepeated()
    {
        await using var machine = new FakeMachine();
        machine.Announce("127.0.0.1:9", "a");
        var asked = 0;
        machine.Peer = (_, _) =>
        {
            asked++;
            throw new PeerUnreachableException("reset", new HttpRequestException(HttpRequestError.ResponseEnded));
        };
        var caller = machine.AddSidecar(new FakeApp { IsConfigured = false }, "127.0.0.1:2");

        var answer = await caller.InvokeAsync(FakeMachine.Call("a", "1", "x"), default).WithinAsync();

        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", answer.Error!.Code);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Invoke_FromAPeerForATypeNotHostedHere_IsRefusedAndNotPassedOn()
    {
        await using var machine = new FakeMachine();
        machine.Announce("127.0.0.1:9", "a");
        var runtime = machine.AddSidecar(new FakeApp { IsConfigured = false }, "127.0.0.1:2");

        var answer = await runtime.InvokeAsync(FakeMachine.Call("a", "1", "x") with { IsFromPeer = true }, default).WithinAsync();

        Assert.Equal(421, answer.Status);
    }

    [Fact]
    public async Task Invoke_FromAPeerForAnActorPlacedElsewhere_IsRefused()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"), "127.0.0.1:1");
        machine.Announce("127.0.0.1:9", "a");

        var answer = await runtime.InvokeAsync(FakeMachine.Call("a", IdThatMovesTo9(), "x") with { IsFromPeer = true }, default).WithinAsync();

        Assert.Equal(421, answer.Status);
        Assert.True(app.IsQuiet);
    }

    [Fact]
    public async Task Invoke_AtAHostThatIsNew_WaitsUntilTheOldOneHasLetGo()
    {
        await using var machine = new FakeMachine();
        var id = IdThatMovesTo9();
        var slow = new TaskCompletionSource();
        var oldApp = new FakeApp { Answer = request => request.Method == "PUT" ? Wait(slow.Task) : FakeApp.Ok() };
        var oldHost = await machine.AddHostAsync(oldApp, FakeMachine.Hosting("a"), "127.0.0.1:1");
        machine.Peer = async (address, request) =>
        {
            Assert.Equal(("127.0.0.1:1", "POST", $"/actors/a/{id}/release"), (address, request.Method.Method, request.RequestUri!.OriginalString));
            await oldHost.ReleaseAsync("a", id, default);
            return await FakeApp.Ok(status: HttpStatusCode.NoContent);
        };
        var turn = oldHost.InvokeAsync(FakeMachine.Call("a", id, "x"), default);
        await oldApp.NextAsync();

        var newApp = new FakeApp();
        var newHost = await machine.AddHostAsync(newApp, FakeMachine.Hosting("a"), "127.0.0.1:9", process: new ActorDirectory());
        var call = newHost.InvokeAsync(FakeMachine.Call("a", id, "y"), default);
        Assert.False(call.IsCompleted);
        Assert.True(newApp.IsQuiet);
        slow.SetResult();

        Assert.Equal(200, (await turn.WithinAsync()).Status);
        Assert.Equal($"DELETE /actors/a/{id}", (await oldApp.NextAsync()).Line);
        Assert.Equal(200, (await call.WithinAsync()).Status);
        Assert.Equal(0, oldHost.ActiveActors.Single().Value);
    }

    [Fact]
    public async Task Invoke_AtAHostThatIsNotNewAnyMore_AsksNobody()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var host = await machine.AddHostAsync(app, FakeMachine.Hosting("a"), "127.0.0.1:9");
        machine.Clock.Advance(TimeSpan.FromMinutes(2));
        machine.Announce("127.0.0.1:1", "a");
        machine.Peer = static (_, _) => throw new InvalidOperationException("nobody is to be asked");

        Assert.Equal(200, (await host.InvokeAsync(FakeMachine.Call("a", IdThatMovesTo9(), "x"), default).WithinAsync()).Status);
    }

    [Fact]
    public async Task Unregister_AnotherHostIsThere_TakesOverAfterTheTurn()
    {
        await using var machine = new FakeMachine();
        var id = IdThatMovesTo9();
        var slow = new TaskCompletionSource();
        var leavingApp = new FakeApp { Answer = request => request.Method == "PUT" ? Wait(slow.Task) : FakeApp.Ok() };
        var leaving = await machine.AddHostAsync(leavingApp, FakeMachine.Hosting("a"), "127.0.0.1:9");
        var stayingApp = new FakeApp();
        var staying = await machine.AddHostAsync(stayingApp, FakeMachine.Hosting("a"), "127.0.0.1:1");
        var turn = leaving.InvokeAsync(FakeMachine.Call("a", id, "x"), default);
        await leavingApp.NextAsync();

        var end = leaving.UnregisterAsync(appIsGone: false, default);
        var call = staying.InvokeAsync(FakeMachine.Call("a", id, "y"), default);
        Assert.False(call.IsCompleted);
        Assert.True(stayingApp.IsQuiet);
        slow.SetResult();
        await end.WithinAsync();
        await AdvanceUntilAsync(machine, call);

        Assert.Equal(200, (await turn.WithinAsync()).Status);
        Assert.Equal(200, (await call.WithinAsync()).Status);
        Assert.Equal($"PUT /actors/a/{id}/method/y", (await stayingApp.NextAsync()).Line);
    }

    [Fact]
    public async Task Placement_ASecondHostComes_ActorsThatMoveAreDeactivated()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"), "127.0.0.1:1");
        for (var i = 0; i < 20; i++)
        {
            await runtime.InvokeAsync(FakeMachine.Call("a", $"{i}", "x"), default).WithinAsync();
        }

        var moving = Enumerable.Range(0, 20).Select(static i => $"{i}").Where(static id =>
            RendezvousHash.Score("127.0.0.1:9", "a", id) > RendezvousHash.Score("127.0.0.1:1", "a", id)).ToArray();
        Assert.InRange(moving.Length, 1, 19);
        machine.Announce("127.0.0.1:9", "a");
        await machine.Clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => runtime.ActiveActors.Single().Value == 20 - moving.Length);

        Assert.Equal(moving.Order(), app.All.Where(static r => r.Method == "DELETE").Select(static r => r.Path.Split('/')[^1]).Order());
    }

    [Fact]
    public async Task CreateReminder_ActorPlacedInAnotherProcess_IsGivenToItsHost()
    {
        await using var machine = new FakeMachine();
        var here = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("a"), "127.0.0.1:1");
        var app = new FakeApp();
        var there = await machine.AddHostAsync(app, FakeMachine.Hosting("a"), "127.0.0.1:9", new ActorDirectory());
        machine.Peer = async (address, request) =>
        {
            var parts = request.RequestUri!.OriginalString.Split('/');
            if (parts[^1] is "release")
            {
                Assert.Equal("127.0.0.1:1", address);
                await here.ReleaseAsync(parts[2], parts[3], default);
                return await FakeApp.Ok(status: HttpStatusCode.NoContent);
            }

            Assert.Equal(("127.0.0.1:9", "refresh"), (address, parts[^1]));
            Assert.True(await there.RefreshReminderAsync(parts[2], parts[3], parts[5], default));
            return await FakeApp.Ok();
        };
        var id = Enumerable.Range(0, 100).Select(static i => $"{i}").First(static i =>
            RendezvousHash.Score("127.0.0.1:9", "a", i) > RendezvousHash.Score("127.0.0.1:1", "a", i));

        await here.CreateReminderAsync("a", id, "r", new ReminderRequest { DueTime = "1s" }, default).WithinAsync();
        Assert.Equal((0, 1), (here.ReminderCount, there.ReminderCount));
        machine.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal($"PUT /actors/a/{id}/method/remind/r", (await app.NextAsync()).Line);
    }

    [Fact]
    public async Task CreateReminder_HostCannotBeTold_FiresFromHereWhenThatHostIsGone()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var here = await machine.AddHostAsync(app, FakeMachine.Hosting("a"), "127.0.0.1:1");
        machine.Announce("127.0.0.1:9", "a");
        var id = Enumerable.Range(0, 100).Select(static i => $"{i}").First(static i =>
            RendezvousHash.Score("127.0.0.1:9", "a", i) > RendezvousHash.Score("127.0.0.1:1", "a", i));

        await here.CreateReminderAsync("a", id, "r", new ReminderRequest { DueTime = "1s" }, default).WithinAsync();
        Assert.Equal(1, here.ReminderCount);
        machine.Announce("127.0.0.1:9");
        machine.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal($"PUT /actors/a/{id}/method/remind/r", (await app.NextAsync()).Line);
    }

    private static string IdThatMovesTo9() => Enumerable.Range(0, 100).Select(static i => $"{i}").First(static id =>
        RendezvousHash.Score("127.0.0.1:9", "a", id) > RendezvousHash.Score("127.0.0.1:1", "a", id));

    private static async Task<HttpResponseMessage> Wait(Task until)
    {
        await until;
        return await FakeApp.Ok();
    }

    private static Task AdvanceUntilAsync(FakeMachine machine, Task task) => UntilAsync(() =>
    {
        machine.Clock.Advance(TimeSpan.FromMilliseconds(100));
        return task.IsCompleted;
    });

    private static Task UntilAsync(Func<bool> condition) => Task.Run(async () =>
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }).WithinAsync();
}
