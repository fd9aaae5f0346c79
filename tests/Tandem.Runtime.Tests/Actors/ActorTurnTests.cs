using System.Text;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Actors;

public sealed class ActorTurnTests
{
    [Fact]
    public async Task Invoke_WhileATurnRuns_WaitsForItsEnd()
    {
        await using var machine = new FakeMachine();
        var slow = new TaskCompletionSource();
        var app = new FakeApp { Answer = r => r.Path.EndsWith("slow", StringComparison.Ordinal) ? Wait(slow.Task) : FakeApp.Ok() };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("counter"));

        var first = runtime.InvokeAsync(FakeMachine.Call("counter", "a", "slow"), default);
        await app.NextAsync();
        var second = runtime.InvokeAsync(FakeMachine.Call("counter", "a", "quick"), default);
        var other = await runtime.InvokeAsync(FakeMachine.Call("counter", "b", "quick"), default).WithinAsync();

        Assert.Equal("PUT /actors/counter/b/method/quick", (await app.NextAsync()).Line);
        Assert.Equal(200, other.Status);
        Assert.True(app.IsQuiet);
        Assert.False(second.IsCompleted);
        slow.SetResult();
        Assert.Equal(200, (await first.WithinAsync()).Status);
        Assert.Equal(200, (await second.WithinAsync()).Status);
    }

    [Fact]
    public async Task Invoke_AThousandTimes_RunsInOrderAndNeverTwoAtOnce()
    {
        await using var machine = new FakeMachine();
        var running = 0;
        var most = 0;
        var app = new FakeApp
        {
            Answer = async _ =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return await FakeApp.Ok();
            },
        };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("counter"));

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(n => runtime.InvokeAsync(FakeMachine.Call("counter", "a", "add", $"{n}"), default))).WithinAsync();

        Assert.Equal(1, most);
        Assert.Equal(Enumerable.Range(0, 1000).Select(static n => $"{n}"), app.All.Select(static r => r.Body));
    }

    [Fact]
    public async Task Invoke_OfManyActors_RunsSideBySide()
    {
        await using var machine = new FakeMachine();
        var all = new TaskCompletionSource();
        var arrived = 0;
        var app = new FakeApp
        {
            Answer = async _ =>
            {
                if (Interlocked.Increment(ref arrived) == 100)
                {
                    all.SetResult();
                }

                await all.Task;
                return await FakeApp.Ok();
            },
        };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("counter"));

        await Task.WhenAll(Enumerable.Range(0, 100).Select(n => runtime.InvokeAsync(FakeMachine.Call("counter", $"{n}", "x"), default))).WithinAsync();

        Assert.Equal(100, runtime.ActiveActors.Single().Value);
    }

    [Fact]
    public async Task Invoke_CancelledWhileItWaits_LeavesTheQueue()
    {
        await using var machine = new FakeMachine();
        var slow = new TaskCompletionSource();
        var app = new FakeApp { Answer = _ => Wait(slow.Task) };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("counter"));
        using var patience = new CancellationTokenSource();

        var first = runtime.InvokeAsync(FakeMachine.Call("counter", "a", "one"), default);
        await app.NextAsync();
        var second = runtime.InvokeAsync(FakeMachine.Call("counter", "a", "two"), patience.Token);
        var third = runtime.InvokeAsync(FakeMachine.Call("counter", "a", "three"), default);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WithinAsync());
        slow.SetResult();
        await Task.WhenAll(first, third).WithinAsync();

        Assert.Equal(["one", "three"], app.All.Select(static r => r.Path.Split('/')[^1]));
    }

    [Fact]
    public async Task Invoke_CallerGoesAwayInTheTurn_NextTurnStillWaits()
    {
        await using var machine = new FakeMachine();
        var slow = new TaskCompletionSource();
        var app = new FakeApp { Answer = r => r.Path.EndsWith("one", StringComparison.Ordinal) ? Wait(slow.Task) : FakeApp.Ok() };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("counter"));
        using var patience = new CancellationTokenSource();

        var first = runtime.InvokeAsync(FakeMachine.Call("counter", "a", "one"), patience.Token);
        await app.NextAsync();
        await patience.CancelAsync();
        var second = runtime.InvokeAsync(FakeMachine.Call("counter", "a", "two"), default);

        Assert.True(app.IsQuiet);
        slow.SetResult();
        await Task.WhenAll(first, second).WithinAsync();
        Assert.Equal(2, app.All.Count);
    }

    [Theory]
    [InlineData(404, "actor method not found: x")]
    [InlineData(400, "error from actor service: (400) no good")]
    [InlineData(500, "error from actor service: (500) no good")]
    public async Task Invoke_AppRefuses_AnswersDaprsError(int status, string expected)
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp { Answer = _ => FakeApp.Ok("no good", (System.Net.HttpStatusCode)status) };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("counter"));

        var answer = await runtime.InvokeAsync(FakeMachine.Call("counter", "a", "x"), default).WithinAsync();

        Assert.Equal(500, answer.Status);
        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", answer.Error!.Code);
        Assert.Equal($"error invoke actor method: {expected}", answer.Error.Message);
    }

    [Fact]
    public async Task Invoke_AppAnswersNoContent_PassesItOn()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp { Answer = _ => FakeApp.Ok("", System.Net.HttpStatusCode.NoContent) };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("counter"));

        Assert.Equal(204, (await runtime.InvokeAsync(FakeMachine.Call("counter", "a", "x"), default).WithinAsync()).Status);
    }

    [Fact]
    public async Task Invoke_SpecialId_IsEscapedOnTheWayToTheApp()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp { Answer = static _ => FakeApp.Ok("done") };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("counter"));

        var answer = await runtime.InvokeAsync(FakeMachine.Call("counter", "run a/b?c", "x"), default).WithinAsync();

        Assert.Equal("/actors/counter/run%20a%2Fb%3Fc/method/x", (await app.NextAsync()).Path);
        Assert.Equal("done", Encoding.UTF8.GetString(answer.Body.Span));
    }

    [Fact]
    public async Task Idle_ActorUnusedForItsTimeout_IsDeactivatedAndComesBack()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, """{"entities":["a","b"],"actorIdleTimeout":"1h","entitiesConfig":[{"entities":["b"],"actorIdleTimeout":"10s"}]}""");
        await runtime.InvokeAsync(FakeMachine.Call("a", "1", "x"), default).WithinAsync();
        await runtime.InvokeAsync(FakeMachine.Call("b", "1", "x"), default).WithinAsync();

        machine.Clock.Advance(TimeSpan.FromSeconds(6));
        await runtime.InvokeAsync(FakeMachine.Call("b", "1", "y"), default).WithinAsync();
        machine.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(3, app.All.Count);
        machine.Clock.Advance(TimeSpan.FromSeconds(4));

        await app.NextAsync();
        await app.NextAsync();
        await app.NextAsync();
        var deactivation = await app.NextAsync();
        Assert.Equal("DELETE /actors/b/1", deactivation.Line);
        Assert.Equal("application/x-protobuf", deactivation.Headers["Content-Type"]);
        Assert.Equal(200, (await runtime.InvokeAsync(FakeMachine.Call("b", "1", "z"), default).WithinAsync()).Status);
        Assert.Equal("PUT /actors/b/1/method/z", (await app.NextAsync()).Line);
    }

    [Fact]
    public async Task Idle_CallDuringDeactivation_WaitsAndActivatesAnew()
    {
        await using var machine = new FakeMachine();
        var gone = new TaskCompletionSource();
        var app = new FakeApp { Answer = r => r.Method == "DELETE" ? Wait(gone.Task) : FakeApp.Ok() };
        var runtime = await machine.AddHostAsync(app, """{"entities":["a"],"actorIdleTimeout":"2s"}""");
        await runtime.InvokeAsync(FakeMachine.Call("a", "1", "x"), default).WithinAsync();
        await app.NextAsync();

        machine.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("DELETE", (await app.NextAsync()).Method);
        var call = runtime.InvokeAsync(FakeMachine.Call("a", "1", "y"), default);
        Assert.False(call.IsCompleted);
        Assert.True(app.IsQuiet);
        gone.SetResult();

        Assert.Equal(200, (await call.WithinAsync()).Status);
        Assert.Equal(1, runtime.ActiveActors.Single().Value);
    }

    [Fact]
    public async Task Unregister_AppStillThere_DrainsTurnsThenDeactivates()
    {
        await using var machine = new FakeMachine();
        var slow = new TaskCompletionSource();
        var app = new FakeApp { Answer = r => r.Method == "PUT" ? Wait(slow.Task) : FakeApp.Ok() };
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));
        var call = runtime.InvokeAsync(FakeMachine.Call("a", "1", "x"), default);
        await app.NextAsync();

        var end = runtime.UnregisterAsync(appIsGone: false, default);
        Assert.False(end.IsCompleted);
        slow.SetResult();
        await end.WithinAsync();

        Assert.Equal(200, (await call.WithinAsync()).Status);
        Assert.Equal("DELETE /actors/a/1", (await app.NextAsync()).Line);
        Assert.Empty(runtime.ActiveActors);
    }

    private static async Task<HttpResponseMessage> Wait(Task until)
    {
        await until;
        return await FakeApp.Ok();
    }
}
