using Microsoft.Extensions.Logging;
using Tandem.Components.Redis.Bindings;
using Tandem.Components.Redis.Client;
using Tandem.Components.Redis.Configuration;
using Tandem.Components.Redis.Locks;
using Tandem.Components.Redis.PubSub;
using Tandem.Components.Redis.State;

namespace Tandem.Components.Redis;

/// <summary>The components that keep their data in Redis.</summary>
public static class RedisComponents
{
    /// <summary>Registers them.</summary>
    public static void AddTo(ComponentCatalog catalog)
    {
        catalog.StateStores.Add("redis", static context => new RedisStateStore(RedisStateOptions.Parse(context.Metadata), ClientFor(context, RedisStateOptions.MaxRetryInterval)));
        catalog.PubSubs.Add("redis", static context => new RedisPubSub(
            RedisPubSubOptions.Parse(context.Metadata),
            ClientFor(context),
            context.TimeProvider,
            context.LoggerFactory.CreateLogger<RedisPubSub>()));
        catalog.ConfigurationStores.Add("redis", static context => new RedisConfigurationStore(
            ClientFor(context, TimeSpan.FromSeconds(2)), context.TimeProvider, context.LoggerFactory.CreateLogger<RedisConfigurationStore>()));
        catalog.LockStores.Add("redis", static context => new RedisLockStore(ClientFor(context)));
        catalog.Bindings.Add("redis", static context => new RedisBinding(ClientFor(context)));
    }

    private static RedisClient ClientFor(ComponentContext context, TimeSpan? maxRetryInterval = null)
        => new(RedisOptions.Parse(context.Metadata, maxRetryInterval), context.TimeProvider, context.LoggerFactory.CreateLogger<RedisClient>());
}
