using Tandem.Components.PubSub;
using Tandem.Components.Tests.PubSub;

namespace Tandem.Components.Tests.RabbitMq;

[Collection(RabbitMqFixture.Collection)]
public sealed class RabbitMqPubSubConformance(RabbitMqFixture fixture) : PubSubConformance
{
    private protected override bool KeepsContentType => false;

    private protected override async Task<IPubSub> CreateAsync()
    {
        await fixture.ForgetAsync(["orders", "payments"], ["app", "one", "two"]);
        return await fixture.StartAsync(("prefetchCount", "4"), ("requeueInFailure", "true"), ("publisherConfirm", "true"));
    }
}

[Collection(RabbitMqFixture.Collection)]
public sealed class RabbitMqQuorumConformance(RabbitMqFixture fixture) : PubSubConformance
{
    private protected override bool KeepsContentType => false;

    private protected override async Task<IPubSub> CreateAsync()
    {
        await fixture.ForgetAsync(["orders", "payments"], ["app", "one", "two"]);
        return await fixture.StartAsync(
            ("queueType", "quorum"), ("deletedWhenUnused", "false"), ("prefetchCount", "4"), ("requeueInFailure", "true"), ("publisherConfirm", "true"), ("deliveryMode", "2"));
    }
}
