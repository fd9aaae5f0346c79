using System.Text;
using Tandem.Components.State;
using Tandem.Runtime.Actors.State;
using Tandem.Runtime.Errors;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Actors;

public sealed class ActorStateTests
{
    [Fact]
    public async Task SaveState_OfAnActiveActor_IsKeptUnderDaprsKey()
    {
        await using var machine = new FakeMachine();
        var runtime = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("basket"));
        await runtime.InvokeAsync(FakeMachine.Call("basket", "one", "x"), default).WithinAsync();

        await runtime.SaveStateAsync("basket", "one", Parse("""[{"operation":"upsert","request":{"key":"items","value":{"sku": "lamp"}}},{"operation":"upsert","request":{"key":"n"}}]"""), default);

        Assert.Equal("""{"sku": "lamp"}""", Encoding.UTF8.GetString((await machine.Store.GetAsync("app||basket||one||items", default))!.Value.Span));
        Assert.Equal("null", Encoding.UTF8.GetString((await runtime.GetStateAsync("basket", "one", "n", default))!.Value.Span));
        await runtime.SaveStateAsync("basket", "one", Parse("""[{"operation":"delete","request":{"key":"items"}}]"""), default);
        Assert.Null(await runtime.GetStateAsync("basket", "one", "items", default));
    }

    [Fact]
    public async Task SaveState_WithTimeToLive_EndsThen()
    {
        await using var machine = new FakeMachine();
        var runtime = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("basket"));
        await runtime.InvokeAsync(FakeMachine.Call("basket", "one", "x"), default).WithinAsync();

        await runtime.SaveStateAsync("basket", "one", Parse("""[{"operation":"upsert","request":{"key":"k","value":1,"metadata":{"ttlInSeconds":"3"}}}]"""), default);

        Assert.Equal(machine.Clock.GetUtcNow().AddSeconds(3), (await runtime.GetStateAsync("basket", "one", "k", default))!.ExpiresAt);
        machine.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Null(await runtime.GetStateAsync("basket", "one", "k", default));
    }

    [Fact]
    public async Task SaveState_ActorIsNotActive_IsRefused()
    {
        await using var machine = new FakeMachine();
        var runtime = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("basket"));

        var refusal = Assert.Throws<DaprException>(() => { _ = runtime.SaveStateAsync("basket", "one", [new StateDelete("x")], default).AsTask(); });

        Assert.Equal((400, "ERR_ACTOR_INSTANCE_MISSING"), (refusal.Error.Status, refusal.Error.Code));
    }

    [Fact]
    public async Task State_TypeHostedElsewhere_IsRefused()
    {
        await using var machine = new FakeMachine();
        var runtime = machine.AddSidecar(new FakeApp());

        var refusal = await Assert.ThrowsAsync<DaprException>(async () => await runtime.GetStateAsync("basket", "one", "k", default));

        Assert.Equal("ERR_ACTOR_INSTANCE_MISSING", refusal.Error.Code);
    }

    [Fact]
    public async Task State_NoActorStateStore_SaysWhatToConfigure()
    {
        await using var machine = new FakeMachine();
        var runtime = machine.AddSidecar(new FakeApp(), withStore: false);
        await FakeMachine.RegisterAsync(runtime, FakeMachine.Hosting("basket"));

        var refusal = await Assert.ThrowsAsync<DaprException>(async () => await runtime.GetStateAsync("basket", "one", "k", default));
        var answer = await runtime.InvokeAsync(FakeMachine.Call("basket", "one", "x"), default).WithinAsync();

        Assert.Equal((500, "ERR_ACTOR_RUNTIME_NOT_FOUND"), (refusal.Error.Status, refusal.Error.Code));
        Assert.Equal("ERR_ACTOR_RUNTIME_NOT_FOUND", answer.Error!.Code);
    }

    [Fact]
    public async Task SaveState_StoreFails_AnswersDaprsError()
    {
        await using var machine = new FakeMachine();
        var runtime = await machine.AddHostAsync(new FakeApp(), FakeMachine.Hosting("basket"));
        await runtime.InvokeAsync(FakeMachine.Call("basket", "one", "x"), default).WithinAsync();
        machine.Store.WriteFaults.Enqueue(new IOException("the disk is full"));

        var refusal = await Assert.ThrowsAsync<DaprException>(async () => await runtime.SaveStateAsync("basket", "one", [new StateDelete("x")], default));

        Assert.Equal("ERR_ACTOR_STATE_TRANSACTION_SAVE", refusal.Error.Code);
        Assert.Contains("the disk is full", refusal.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a": """, 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("{}", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("[1]", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("""[{"operation":"increment","request":{"key":"x"}}]""", 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE")]
    [InlineData("""[{"request":{"key":"x"}}]""", 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE")]
    [InlineData("""[{"operation":"upsert"}]""", 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE")]
    [InlineData("""[{"operation":"delete","request":{"key":""}}]""", 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE")]
    [InlineData("""[{"operation":"upsert","request":{"key":"x","metadata":{"ttlInSeconds":"soon"}}}]""", 500, "ERR_ACTOR_STATE_TRANSACTION_SAVE")]
    public void Parse_Nonsense_IsRefused(string json, int status, string code)
    {
        var refusal = Assert.Throws<DaprException>(() => Parse(json));
        Assert.Equal((status, code), (refusal.Error.Status, refusal.Error.Code));
    }

    [Theory]
    [InlineData("-1", null)]
    [InlineData("0", null)]
    [InlineData("\"10\"", 10)]
    [InlineData("10", 10)]
    public void Parse_TimeToLive_IsTextOrNumber(string ttl, int? expected)
    {
        var set = Assert.IsType<StateSet>(Assert.Single(Parse("""[{"operation":"upsert","request":{"key":"x","value":1,"metadata":{"ttlInSeconds":TTL}}}]""".Replace("TTL", ttl, StringComparison.Ordinal))));
        Assert.Equal(expected is { } seconds ? TimeSpan.FromSeconds(seconds) : null, set.TimeToLive);
    }

    private static IReadOnlyList<StateOperation> Parse(string json) => ActorStateOperations.Parse(Encoding.UTF8.GetBytes(json));
}
