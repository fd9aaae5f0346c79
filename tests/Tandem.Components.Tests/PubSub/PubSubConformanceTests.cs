using Tandem.Components.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.PubSub;

public sealed class InMemoryPubSubConformance : PubSubConformance
{
    private protected override Task<IPubSub> CreateAsync()
        => Contexts.Catalog().PubSubs.StartAsync(Contexts.Create(
            "pubsub.in-memory", Path.GetTempPath(), null, ("retryInterval", "5ms"), ("concurrency", "4")));

    [Theory]
    [InlineData("orders.*", "orders.new", true)]
    [InlineData("orders*", "orders.new", true)]
    [InlineData("*", "orders", true)]
    [InlineData("orders.*", "orders.", false)]
    [InlineData("orders.*", "order", false)]
    [InlineData("*.new", "orders.new", false)]
    public async Task Subscribe_StarAtTheEnd_TakesTheTopicsThatGoOn(string subscribed, string published, bool expected)
    {
        var recorder = new Recorder();
        await using var subscription = await SubscribeAsync(subscribed, "app", recorder);
        await PublishAsync(published, "maybe");
        await PublishAsync(subscribed, "always");

        Assert.Equal(expected ? ["always", "maybe"] : ["always"], (await recorder.NextTextsAsync(expected ? 2 : 1)).Order());
        Assert.True(recorder.IsEmpty);
    }
}

public sealed class SqlitePubSubConformance : PubSubConformance
{
    private readonly TemporaryFolder _folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override Task<IPubSub> CreateAsync()
        => Contexts.Catalog().PubSubs.StartAsync(Contexts.Create(
            "pubsub.sqlite", _folder.Path, null, ("connectionString", "pubsub.db"), ("retryInterval", "5ms"), ("concurrency", "4")));
}

public sealed class SqliteInMemoryPubSubConformance : PubSubConformance
{
    private protected override Task<IPubSub> CreateAsync()
        => Contexts.Catalog().PubSubs.StartAsync(Contexts.Create(
            "pubsub.sqlite", Path.GetTempPath(), null, ("connectionString", ":memory:"), ("retryInterval", "5ms"), ("concurrency", "4")));
}

public sealed class RedisPubSubConformance(RedisServer server) : PubSubConformance, IClassFixture<RedisServer>
{
    private protected override bool KeepsContentType => false;

    private protected override async Task<IPubSub> CreateAsync()
    {
        await server.ExecuteAsync("FLUSHALL");
        return await Contexts.Catalog().PubSubs.StartAsync(Contexts.Create(
            "pubsub.redis",
            Path.GetTempPath(),
            null,
            ("redisHost", server.Address),
            ("processingTimeout", "1500ms"),
            ("redeliverInterval", "20ms"),
            ("concurrency", "4")));
    }
}
