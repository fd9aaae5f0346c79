using Tandem.Components.PubSub;
using Tandem.Components.Tests.PubSub;

namespace Tandem.Components.Tests.RabbitMq;

[Collection(RabbitMqFixture.Collection)]
public sealed class RabbitMqPubSubConformance(RabbitMqFixture fixture) : PubSubConformance
{
    private protected override bool KeepsContentType => false;

    // Queues go with their subscriptions, so that each test begins with none.
    private protected override async Task<IPubSub> CreateAsync()
        => await fixture.StartAsync(("prefetchCount", "4"), ("requeueInFailure", "true"), ("publisherConfirm", "true"));
}

[Collection(RabbitMqFixture.Collection)]
public sealed class RabbitMqQuorumConformance(RabbitMqFixture fixture) : PubSubConformance
{
    private protected override bool KeepsContentType => false;

    private protected override async Task<IPubSub> CreateAsync()
    {
        // These queues stay: what a test before left in them goes first.
        await using var connection = await fixture.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in (string[])["app", "one", "two"])
        {
            await channel.QueueDeleteAsync($"{name}-orders", ifUnused: false, ifEmpty: false);
        }

        await channel.ExchangeDeleteAsync("orders");
        return await fixture.StartAsync(
            ("queueType", "quorum"), ("deletedWhenUnused", "false"), ("prefetchCount", "4"), ("requeueInFailure", "true"), ("publisherConfirm", "true"), ("deliveryMode", "2"));
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await using var connection = await fixture.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in (string[])["app", "one", "two"])
        {
            await channel.QueueDeleteAsync($"{name}-orders", ifUnused: false, ifEmpty: false);
        }

        await channel.ExchangeDeleteAsync("orders");
    }
}
