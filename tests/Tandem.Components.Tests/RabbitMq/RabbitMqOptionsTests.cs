using Tandem.Components.Metadata;
using Tandem.Components.RabbitMq.Connection;
using Tandem.Components.RabbitMq.PubSub;

namespace Tandem.Components.Tests.RabbitMq;

/// <summary>Every field is read, and one that cannot be used is named without its secrets.</summary>
public sealed class RabbitMqOptionsTests
{
    [Theory]
    [InlineData("connectionString", "http://user:s3cret@host")]
    [InlineData("connectionString", "user:s3cret@host:5672")]
    [InlineData("connectionString", "amqp://user:s3cret@host?heartbeat=10")]
    [InlineData("protocol", "amqps")]
    [InlineData("protocol", "mqtt")]
    [InlineData("durable", "perhaps")]
    [InlineData("deletedWhenUnused", "perhaps")]
    [InlineData("autoAck", "perhaps")]
    [InlineData("requeueInFailure", "perhaps")]
    [InlineData("publisherConfirm", "perhaps")]
    [InlineData("enableDeadLetter", "perhaps")]
    [InlineData("publishMessagePropertiesToMetadata", "perhaps")]
    [InlineData("saslExternal", "perhaps")]
    [InlineData("saslExternal", "true")]
    [InlineData("deliveryMode", "3")]
    [InlineData("deliveryMode", "-1")]
    [InlineData("prefetchCount", "-1")]
    [InlineData("prefetchCount", "many")]
    [InlineData("concurrency", "double")]
    [InlineData("concurrencyMode", "double")]
    [InlineData("exchangeKind", "x-random")]
    [InlineData("queueType", "stream")]
    [InlineData("queueType", "quorum")]
    [InlineData("maxLen", "-1")]
    [InlineData("maxLenBytes", "1k")]
    [InlineData("ttlInSeconds", "0")]
    [InlineData("ttlInSeconds", "soon")]
    [InlineData("reconnectWaitSeconds", "0")]
    [InlineData("reconnectWaitSeconds", "later")]
    [InlineData("heartBeat", "-1s")]
    [InlineData("caCert", "no PEM")]
    [InlineData("clientCert", "no PEM")]
    [InlineData("clientKey", "no PEM")]
    public void Create_WrongField_IsNamedWithoutSecrets(string field, string value)
    {
        var fault = Assert.Throws<ComponentMetadataException>(() => Create(("connectionString", "amqp://user:s3cret@host"), (field, value)));
        // A certificate and its key are read together; either may be the one to blame.
        Assert.StartsWith(field[..Math.Min(field.Length, 6)], fault.Field, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amqp://host", "host", 5672, false, "guest", "guest", "/")]
    [InlineData("amqps://host/", "host", 5671, true, "guest", "guest", "/")]
    [InlineData("amqp://ann:p%40ss%2F@host:1234/shop", "host", 1234, false, "ann", "p@ss/", "shop")]
    [InlineData("amqp://ann@[::1]:1234/%2Fshop", "::1", 1234, false, "ann", "", "/shop")]
    public void Parse_ConnectionString_IsTakenApart(string text, string host, int port, bool useTls, string username, string password, string virtualHost)
        => Assert.Equal(
            new ServerAddress(host, port, useTls, username, password, virtualHost, "connectionString"), ServerAddress.Parse(Metadata(("connectionString", text))));

    [Fact]
    public void Parse_SingleFields_AreAnAddress()
    {
        Assert.Equal(
            new ServerAddress("broker", 5671, true, "ann", "pw", "/", "password"),
            ServerAddress.Parse(Metadata(("hostname", "broker"), ("protocol", "amqps"), ("username", "ann"), ("password", "pw"))));
        Assert.Equal(new ServerAddress("localhost", 5672, false, "guest", "guest", "/", "password"), ServerAddress.Parse(Metadata()));
        Assert.Equal("hostname", Assert.Throws<ComponentMetadataException>(() => ServerAddress.Parse(Metadata(("hostname", "a b")))).Field);
    }

    [Fact]
    public void Parse_OldName_IsAConnectionString()
        => Assert.Equal("broker", ServerAddress.Parse(Metadata(("host", "amqp://broker"))).Host);

    [Fact]
    public void Parse_NothingSaid_IsAsInDapr()
    {
        var options = RabbitMqPubSubOptions.Parse(Metadata());
        Assert.Equal(new RabbitMqPubSubOptions(), options);
        Assert.True(options is { Durable: true, DeletedWhenUnused: true, AutoAck: false, RequeueInFailure: false, PublisherConfirm: false, ExchangeKind: "fanout", DeliveryMode: 0, PrefetchCount: 0 });
    }

    [Fact]
    public void Parse_Subscription_GoesBeforeTheComponent()
    {
        var component = QueueLimits.Parse(new Dictionary<string, string> { ["queueType"] = "quorum", ["maxLen"] = "10", ["maxLenBytes"] = "20" });
        var subscription = QueueLimits.Parse(new Dictionary<string, string> { ["queueType"] = "classic", ["maxLen"] = "5", ["maxPriority"] = "900", ["singleActiveConsumer"] = "true" });

        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["x-queue-type"] = "classic",
                ["x-max-length"] = 5L,
                ["x-max-length-bytes"] = 20L,
                ["x-max-priority"] = byte.MaxValue,
                ["x-single-active-consumer"] = true,
                ["x-dead-letter-exchange"] = "dlx",
            },
            component.With(subscription).ToArguments("dlx"));
    }

    private static object Create(params (string Name, string Value)[] metadata)
        => Contexts.Catalog().PubSubs.Create(Contexts.Create("pubsub.rabbitmq", Path.GetTempPath(), null, [.. metadata.GroupBy(static field => field.Name).Select(static fields => fields.Last())]));

    private static ComponentMetadata Metadata(params (string Name, string Value)[] fields) => new(fields.ToDictionary(static field => field.Name, static field => field.Value));
}
