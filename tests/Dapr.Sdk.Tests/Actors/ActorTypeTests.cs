using System.Text.Json;
using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;

namespace Dapr.Sdk.Tests.Actors;

public sealed class ActorTypeTests
{
    private static readonly ActorProxyFactory Proxies = new();

    public interface IReturnsInt : IActor
    {
        int Get();
    }

    public interface IOverloads : IActor
    {
        Task DoAsync();

        Task DoAsync(int n);
    }

    public interface INotAnActor
    {
        Task DoAsync();
    }

    [Theory]
    [InlineData(typeof(IReturnsInt), "must return Task")]
    [InlineData(typeof(IOverloads), "overloaded")]
    [InlineData(typeof(INotAnActor), "not an actor interface")]
    [InlineData(typeof(NestedActor), "not an actor interface")]
    public void CreateActorProxy_InterfaceThatCannotBeCalled_IsRefused(Type type, string why)
    {
        var failure = Assert.Throws<ArgumentException>(() => Proxies.CreateActorProxy(new ActorId("1"), type, "T"));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateActorProxy_Proxy_KnowsItsActor()
    {
        var proxy = Assert.IsAssignableFrom<IActorProxy>(Proxies.CreateActorProxy<INested>(new ActorId("7"), "T"));

        Assert.Equal((new ActorId("7"), "T"), (proxy.ActorId, proxy.ActorType));
    }

    [Fact]
    public void Get_Name_IsTheGivenOneOrTheAttributesOrTheClasses()
    {
        Assert.Equal("Given", ActorTypeInformation.Get(typeof(NamedActor), "Given").ActorTypeName);
        Assert.Equal("Named", ActorTypeInformation.Get(typeof(NamedActor), null).ActorTypeName);
        Assert.Equal(nameof(NestedActor), ActorTypeInformation.Get(typeof(NestedActor), null).ActorTypeName);
        Assert.True(ActorTypeInformation.Get(typeof(CounterActor), null).IsRemindable);
        Assert.False(ActorTypeInformation.Get(typeof(NamedActor), null).IsRemindable);
        Assert.Throws<ArgumentException>(() => ActorTypeInformation.Get(typeof(string), null));
    }

    [Fact]
    public async Task RegisterTimer_MethodThatIsNotThere_IsRefusedAtOnce()
    {
        var actor = new NamedActor(ActorHost.CreateForTest<NamedActor>());

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => actor.RegisterTimerAsync("t", "Missing", null, TimeSpan.Zero, TimeSpan.Zero));
        Assert.Contains("Missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateForTest_WhatIsNotSet_RefusesToBeUsed()
    {
        var actor = new NamedActor(ActorHost.CreateForTest<NamedActor>(new ActorTestOptions { ActorId = new ActorId("x") }));

        Assert.Equal("x", actor.Id.GetId());
        await Assert.ThrowsAsync<InvalidOperationException>(() => actor.StateManager.GetStateAsync<int>("a"));
        Assert.Throws<InvalidOperationException>(() => actor.ProxyFactory.Create(new ActorId("1"), "T"));
    }

    [Fact]
    public void ActorId_Json_IsAString()
    {
        Assert.Equal("\"a\"", JsonSerializer.Serialize(new ActorId("a")));
        Assert.Equal(new ActorId("a"), JsonSerializer.Deserialize<ActorId>("\"a\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ActorId>("1"));
        Assert.Throws<ArgumentException>(() => new ActorId(" "));
    }

    [Theory]
    [InlineData("", -1)]
    [InlineData(null, -1)]
    [InlineData("0h0m9s10ms", 9010)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("250ms", 250)]
    [InlineData("@every 1m0s", 60_000)]
    [InlineData("PT5M", 300_000)]
    [InlineData("R3/PT1S", 1000)]
    [InlineData("P1W", 604_800_000)]
    [InlineData("P1DT1H", 90_000_000)]
    [InlineData("* * * * *", -1)]
    [InlineData("5 parsecs", -1)]
    public void Parse_Duration_IsRead(string? text, long milliseconds)
        => Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), DaprDuration.Parse(text));

    [Fact]
    public void FormatPeriod_Repetitions_AreIso8601()
    {
        Assert.Equal("R4/P1DT5S", DaprDuration.FormatPeriod(new TimeSpan(1, 0, 0, 5), 4));
        Assert.Equal("26h0m0s0ms", DaprDuration.FormatPeriod(TimeSpan.FromHours(26), null));
        Assert.Equal("", DaprDuration.FormatPeriod(TimeSpan.FromMilliseconds(-1), null));
        Assert.Throws<ArgumentException>(() => DaprDuration.FormatPeriod(TimeSpan.FromMilliseconds(5), 2));
    }
}

[Actor(TypeName = "Named")]
public sealed class NamedActor(ActorHost host) : Actor(host), INested
{
    public Task<string> OuterAsync() => Task.FromResult("");

    public Task InnerAsync() => Task.CompletedTask;
}
