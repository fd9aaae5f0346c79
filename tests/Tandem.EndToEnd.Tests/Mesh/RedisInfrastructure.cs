using Tandem.Testing;

namespace Tandem.EndToEnd.Tests.Mesh;

/// <summary>One Redis for state, actors and messages.</summary>
public sealed class RedisInfrastructure() : Infrastructure("redis")
{
    public RedisServer Redis { get; } = new();

    public override Task StartAsync() => Redis.StartAsync();

    internal override void Address(ComponentFolder components)
    {
        components.Set("statestore", "redisHost", Redis.Address);
        components.Set("pubsub", "redisHost", Redis.Address);
    }

    public override ValueTask DisposeAsync()
    {
        Redis.Dispose();
        return ValueTask.CompletedTask;
    }
}
