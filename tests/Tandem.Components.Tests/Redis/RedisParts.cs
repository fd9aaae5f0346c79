using Tandem.Components.Redis.PubSub;
using Tandem.Components.Redis.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.Redis;

/// <summary>Makes Redis components on a test's server.</summary>
internal static class RedisParts
{
    public static async Task<RedisStateStore> StartStoreAsync(RedisServer server, params (string Name, string Value)[] metadata)
        => (RedisStateStore)await Contexts.Catalog().StateStores.StartAsync(Context("state.redis", server, metadata));

    public static async Task<RedisPubSub> StartPubSubAsync(RedisServer server, params (string Name, string Value)[] metadata)
        => (RedisPubSub)await Contexts.Catalog().PubSubs.StartAsync(Context("pubsub.redis", server, metadata));

    public static ComponentContext Context(string type, RedisServer server, params (string Name, string Value)[] metadata)
        => Contexts.Create(
            type, Path.GetTempPath(), null, Array.Exists(metadata, static field => field.Name is "redisHost") ? metadata : [("redisHost", server.Address), .. metadata]);
}
