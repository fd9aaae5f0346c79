using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components.Metadata;
using Tandem.Components.PubSub;
using Tandem.Runtime.Components;
using Tandem.Runtime.PubSub;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;
using Tandem.Runtime.Tests.Actors;

namespace Tandem.Runtime.Tests.PubSub;

public sealed class SubscriptionManagerTests
{
    private readonly Broker _broker = new();

    [Fact]
    public async Task ApplyAsync_SubscribingFails_IsNotSettledUntilALaterTrySucceeds()
    {
        await using var manager = Create();
        _broker.Failures = 1;

        Assert.False(await manager.ApplyAsync([Wish("orders")], default));
        Assert.Empty(manager.Active);
        Assert.True(await manager.ApplyAsync([Wish("orders")], default));
        Assert.Single(manager.Active);
    }

    [Fact]
    public async Task ApplyAsync_AppHasNotSaidWhatItWants_WhatRunsGoesOn()
    {
        await using var manager = Create();
        await manager.ApplyAsync([Wish("orders")], default);

        await manager.ApplyAsync(null, default);

        Assert.Single(manager.Active);
        Assert.Equal(1, _broker.Open);
        await manager.ApplyAsync([], default);
        Assert.Empty(manager.Active);
        Assert.Equal(0, _broker.Open);
    }

    [Theory]
    [InlineData(null, null, "app")]
    [InlineData(null, "id", "id")]
    [InlineData("group", "id", "group")]
    public async Task ApplyAsync_ConsumerGroup_IsTheComponentsOrTheApp(string? consumerGroup, string? consumerId, string expected)
    {
        await using var manager = Create(("consumerGroup", consumerGroup ?? ""), ("consumerID", consumerId ?? ""));

        await manager.ApplyAsync([Wish("orders") with { BulkSubscribe = new BulkSubscribeOptions(20, TimeSpan.FromSeconds(1)) }], default);

        Assert.Equal((expected, 20), (_broker.Last?.ConsumerGroup, _broker.Last?.AtOnce));
    }

    private SubscriptionManager Create(params (string Name, string Value)[] metadata)
    {
        var resource = new ComponentResource { Id = new ResourceId("bus.yaml", 1, "Component", "bus"), Type = "pubsub.test", Version = "v1", Metadata = [] };
        var component = new LoadedComponent(resource, new ComponentMetadata(metadata.ToDictionary(static field => field.Name, static field => field.Value)), _broker);
        return new(
            new SidecarOptions { AppId = "app" },
            new ComponentSet([component]),
            new ResiliencyPolicies([], TimeProvider.System),
            [],
            new FakeApp(),
            TimeProvider.System,
            NullLoggerFactory.Instance);
    }

    private static SubscriptionResource Wish(string topic)
        => new() { Id = new ResourceId("/dapr/subscribe", 0, "Subscription", topic), PubSubName = "bus", Topic = topic, DefaultRoute = "/x" };

    private sealed class Broker : IPubSub
    {
        public int Failures { get; set; }

        public int Open { get; private set; }

        public SubscribeRequest? Last { get; private set; }

        public ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken)
        {
            Last = request;
            if (Failures-- > 0)
            {
                throw new IOException("the broker is away");
            }

            Open++;
            return ValueTask.FromResult<IAsyncDisposable>(new Handle(this));
        }

        private sealed class Handle(Broker broker) : IAsyncDisposable
        {
            public ValueTask DisposeAsync()
            {
                broker.Open--;
                return ValueTask.CompletedTask;
            }
        }
    }
}
