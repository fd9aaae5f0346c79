using System.Text;
using RabbitMQ.Client;
using Tandem.Components.RabbitMq.Connection;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;
using static Tandem.Components.Tests.RabbitMq.RabbitMqParts;

namespace Tandem.Components.Tests.RabbitMq;

/// <summary>What is at the server is what daprd puts there, so that either may publish and the other read.</summary>
[Collection(RabbitMqFixture.Collection)]
public sealed class RabbitMqLayoutTests(RabbitMqFixture fixture) : IAsyncLifetime
{
    private readonly string _topic = Topic();
    private IConnection _connection = null!;
    private IChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _connection = await fixture.ConnectAsync();
        _channel = await _connection.CreateChannelAsync();
    }

    public async Task DisposeAsync() => await _connection.DisposeAsync();

    [Fact]
    public async Task Subscribe_DeclaresWhatDaprDeclares()
    {
        await using var pubSub = await fixture.StartAsync(("maxLen", "100"), ("enableDeadLetter", "true"));
        await using var subscription = await pubSub.SubscribeAsync(Subscription(_topic), new Recorder().Handler, default);

        // A declaration that differs in any way closes the channel.
        await _channel.ExchangeDeclareAsync(_topic, "fanout", durable: true, autoDelete: true);
        await _channel.ExchangeDeclareAsync($"dlx-app-{_topic}", "fanout", durable: true, autoDelete: true);
        await _channel.QueueDeclareAsync(
            $"dlq-app-{_topic}", durable: true, exclusive: false, autoDelete: true, new Dictionary<string, object?> { ["x-max-length"] = 100, ["x-queue-mode"] = "lazy" });
        var queue = await _channel.QueueDeclareAsync(
            $"app-{_topic}",
            durable: true,
            exclusive: false,
            autoDelete: true,
            new Dictionary<string, object?> { ["x-max-length"] = 100, ["x-queue-type"] = "classic", ["x-dead-letter-exchange"] = $"dlx-app-{_topic}" });
        Assert.True(_channel.IsOpen);
        Assert.Equal(1u, queue.ConsumerCount);
    }

    [Fact]
    public async Task Publish_WritesTheBytesAndTheProperties()
    {
        await using var pubSub = await fixture.StartAsync(("publisherConfirm", "true"), ("deliveryMode", "2"), ("ttlInSeconds", "600"));
        await _channel.ExchangeDeclareAsync(_topic, "fanout", durable: true, autoDelete: true);
        await _channel.QueueDeclareAsync(_topic, durable: false, exclusive: true, autoDelete: true);
        await _channel.QueueBindAsync(_topic, _topic, "");
        await pubSub.PublishAsync(Request(_topic, "plain"), default);
        await pubSub.PublishAsync(
            Request(_topic, "full", ("ttlInSeconds", "5"), ("priority", "7"), ("messageID", "m-1"), ("correlationID", "c-1"), ("type", "t-1"), ("contentType", "application/json"), ("routingKey", "r-1")),
            default);

        var plain = (await _channel.BasicGetAsync(_topic, autoAck: true))!;
        Assert.Equal("plain"u8.ToArray(), plain.Body.ToArray());
        Assert.Equal("text/plain", plain.BasicProperties.ContentType);
        Assert.Equal(DeliveryModes.Persistent, plain.BasicProperties.DeliveryMode);
        Assert.Equal("600000", plain.BasicProperties.Expiration);
        Assert.False(plain.BasicProperties.IsPriorityPresent());
        Assert.Equal("", plain.RoutingKey);

        var full = (await _channel.BasicGetAsync(_topic, autoAck: true))!;
        Assert.Equal("5000", full.BasicProperties.Expiration);
        Assert.Equal(7, full.BasicProperties.Priority);
        Assert.Equal(("m-1", "c-1", "t-1", "application/json"), (full.BasicProperties.MessageId, full.BasicProperties.CorrelationId, full.BasicProperties.Type, full.BasicProperties.ContentType));
        Assert.Equal("r-1", full.RoutingKey);
    }

    [Theory]
    [InlineData("ttlInSeconds", "0")]
    [InlineData("ttlInSeconds", "soon")]
    [InlineData("priority", "high")]
    public async Task Publish_MetadataThatCannotBeRead_SaysSo(string name, string value)
    {
        await using var pubSub = await fixture.StartAsync();
        var fault = await Assert.ThrowsAsync<FormatException>(() => pubSub.PublishAsync(Request(_topic, "x", (name, value)), default).AsTask());
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
        Assert.Contains(value, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ByOthers_IsDeliveredWithItsPropertiesWhereWanted()
    {
        await using var plain = await fixture.StartAsync();
        await using var telling = await fixture.StartAsync(("publishMessagePropertiesToMetadata", "true"));
        var first = new Recorder();
        var second = new Recorder();
        await using var one = await plain.SubscribeAsync(Subscription(_topic, ("queueName", $"one-{_topic}")), first.Handler, default);
        await using var two = await telling.SubscribeAsync(Subscription(_topic, ("queueName", $"two-{_topic}")), second.Handler, default);
        var properties = new BasicProperties
        {
            MessageId = "m-1",
            CorrelationId = "c-1",
            Type = "t-1",
            ContentType = "text/plain",
            Headers = new Dictionary<string, object?> { ["text"] = "words", ["number"] = 5 },
        };
        await _channel.BasicPublishAsync(_topic, "", mandatory: true, properties, "{\"specversion\":\"1.0\"}"u8.ToArray());

        var message = await first.NextAsync();
        Assert.Empty(message.Metadata);
        Assert.Equal("{\"specversion\":\"1.0\"}", Encoding.UTF8.GetString(message.Data.Span));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["metadata.messageid"] = "m-1",
                ["metadata.correlationid"] = "c-1",
                ["metadata.type"] = "t-1",
                ["metadata.contenttype"] = "text/plain",
                ["metadata.text"] = "words",
                ["metadata.number"] = "5",
            },
            (await second.NextAsync()).Metadata);
    }

    [Fact]
    public async Task Subscribe_RoutingKeys_TakesWhatMatches()
    {
        await using var pubSub = await fixture.StartAsync(("exchangeKind", "topic"), ("publisherConfirm", "true"));
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Subscription(_topic, ("routingKey", "orders.*,payments.new")), recorder.Handler, default);
        foreach (var key in (string[])["orders.new", "payments.old", "payments.new", "other"])
        {
            await pubSub.PublishAsync(Request(_topic, key, ("routingKey", key)), default);
        }

        Assert.Equal(["orders.new", "payments.new"], (await recorder.NextTextsAsync(2)).Order());
        Assert.True(recorder.IsEmpty);
    }

    [Fact]
    public async Task Subscribe_QueueIsThereWithOtherSettings_SaysWhich()
    {
        await _channel.QueueDeclareAsync($"app-{_topic}", durable: false, exclusive: false, autoDelete: true);
        await using var pubSub = await fixture.StartAsync();

        var fault = await Assert.ThrowsAsync<BrokerException>(() => pubSub.SubscribeAsync(Subscription(_topic), new Recorder().Handler, default).AsTask().WithinAsync());
        Assert.Contains($"app-{_topic}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("durable", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.MayPass);
        await _channel.QueueDeleteAsync($"app-{_topic}", ifUnused: false, ifEmpty: false);
    }

    [Fact]
    public async Task Publish_ExchangeIsThereAsAnotherKind_SaysSo()
    {
        await _channel.ExchangeDeclareAsync(_topic, "direct", durable: true, autoDelete: true);
        await using var pubSub = await fixture.StartAsync(("publisherConfirm", "true"));

        var fault = await Assert.ThrowsAsync<BrokerException>(() => pubSub.PublishAsync(Request(_topic, "x"), default).AsTask().WithinAsync());
        Assert.Contains(_topic, fault.Message, StringComparison.Ordinal);
        Assert.Contains("type", fault.Message, StringComparison.Ordinal);
        await _channel.ExchangeDeleteAsync(_topic);
    }
}
