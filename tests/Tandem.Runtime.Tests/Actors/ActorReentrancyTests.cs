using Tandem.Runtime.Actors;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Actors;

public sealed class ActorReentrancyTests
{
    private const string Reentrant = """{"entities":["a"],"reentrancy":{"enabled":true,"maxStackDepth":3}}""";

    [Fact]
    public async Task Invoke_ComesBackWithTheTurnsId_JoinsTheTurn()
    {
        await using var machine = new FakeMachine();
        ActorRuntime? runtime = null;
        var app = new FakeApp();
        app.Answer = async r =>
        {
            var status = 200;
            if (r.Path.EndsWith("outer", StringComparison.Ordinal))
            {
                status = (await runtime!.InvokeAsync(FakeMachine.Call("a", "1", "inner", reentrancyId: r.Headers[ActorCall.ReentrancyHeader]), default)).Status;
            }

            return await FakeApp.Ok(status: (System.Net.HttpStatusCode)status);
        };
        runtime = await machine.AddHostAsync(app, Reentrant);

        var answer = await runtime.InvokeAsync(FakeMachine.Call("a", "1", "outer"), default).WithinAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal(2, app.All.Count);
        Assert.Single(app.All.Select(static r => r.Headers[ActorCall.ReentrancyHeader]).Distinct());
    }

    [Fact]
    public async Task Invoke_DeeperThanAllowed_IsRefused()
    {
        await using var machine = new FakeMachine();
        ActorRuntime? runtime = null;
        var app = new FakeApp();
        string? refusal = null;
        app.Answer = async r =>
        {
            var inner = await runtime!.InvokeAsync(FakeMachine.Call("a", "1", "again", reentrancyId: r.Headers[ActorCall.ReentrancyHeader]), default);
            refusal ??= inner.Error?.Code;
            return await FakeApp.Ok();
        };
        runtime = await machine.AddHostAsync(app, Reentrant);

        await runtime.InvokeAsync(FakeMachine.Call("a", "1", "again"), default).WithinAsync();

        Assert.Equal(3, app.All.Count);
        Assert.Equal("ERR_ACTOR_STACK_DEPTH", refusal);
    }

    [Fact]
    public async Task Invoke_WithAnotherChainsId_WaitsItsTurn()
    {
        await using var machine = new FakeMachine();
        var slow = new TaskCompletionSource();
        var app = new FakeApp { Answer = async _ => { await slow.Task; return await FakeApp.Ok(); } };
        var runtime = await machine.AddHostAsync(app, Reentrant);

        var first = runtime.InvokeAsync(FakeMachine.Call("a", "1", "x", reentrancyId: "one"), default);
        await app.NextAsync();
        var second = runtime.InvokeAsync(FakeMachine.Call("a", "1", "x", reentrancyId: "two"), default);

        Assert.True(app.IsQuiet);
        slow.SetResult();
        await Task.WhenAll(first, second).WithinAsync();
    }

    [Fact]
    public async Task Invoke_TypeIsNotReentrant_SendsNoId()
    {
        await using var machine = new FakeMachine();
        var app = new FakeApp();
        var runtime = await machine.AddHostAsync(app, FakeMachine.Hosting("a"));

        await runtime.InvokeAsync(FakeMachine.Call("a", "1", "x"), default).WithinAsync();

        Assert.False((await app.NextAsync()).Headers.ContainsKey(ActorCall.ReentrancyHeader));
    }
}
