using Dapr.Actors;
using Dapr.Actors.Runtime;
using Dapr.Sdk.Tests.Doubles;

namespace Dapr.Sdk.Tests.Actors;

public interface INested : IActor
{
    Task<string> OuterAsync();

    Task InnerAsync();
}

public sealed class NestedActor(ActorHost host) : Actor(host), INested
{
    public async Task<string> OuterAsync()
    {
        await StateManager.SetStateAsync("outer", 1);
        await ProxyFactory.CreateActorProxy<INested>(Id, "Nested").InnerAsync();
        return $"{await StateManager.ContainsStateAsync("outer")} {await StateManager.GetStateAsync<string>("inner")}";
    }

    public async Task InnerAsync()
    {
        await StateManager.SetStateAsync("inner", $"outer seen: {await StateManager.ContainsStateAsync("outer")}");
    }
}

public sealed class ReentrancyTests
{
    [Fact]
    public async Task ChainOfCalls_ComesBack_CarriesItsIdAndKeepsItsChangesApart()
    {
        await using var mesh = await ActorMesh.StartAsync(static options =>
        {
            options.ReentrancyConfig.Enabled = true;
            options.Actors.RegisterActor<NestedActor>("Nested");
        });
        using var call = new HttpRequestMessage(HttpMethod.Put, "/actors/Nested/one/method/OuterAsync");
        call.Headers.Add("Dapr-Reentrancy-Id", "chain-7");

        var answer = await (await mesh.App.SendAsync(call)).Content.ReadAsStringAsync();

        Assert.Equal("\"True outer seen: False\"", answer);
        Assert.Equal("chain-7", Assert.Single(mesh.SidecarRequests, static r => r.Target.Contains("/method/", StringComparison.Ordinal)).Header("Dapr-Reentrancy-Id"));
        Assert.Equal("1", mesh.State["Nested/one/outer"]);
    }
}
