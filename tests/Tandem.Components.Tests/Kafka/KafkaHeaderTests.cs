using Tandem.Components.Kafka.Client;
using Tandem.Components.Kafka.PubSub;
using Tandem.Components.PubSub;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.Kafka;

/// <summary>What travels beside a message's data, as current brokers carry it.</summary>
public sealed class KafkaHeaderTests : IDisposable
{
    private readonly MockCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Publish_Metadata_ComesBackWithWhatTheBrokerKnows()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var message = await SendAsync([], ("partitionKey", "ann"), ("tenant", "übung"), ("ttlInSeconds", "60"));

        Assert.Equal(("ann", "ann", "übung", "60"), (message.Metadata["__key"], message.Metadata["partitionKey"], message.Metadata["tenant"], message.Metadata["ttlInSeconds"]));
        Assert.Equal(("orders", "0"), (message.Metadata["__topic"], message.Metadata["__offset"]));
        Assert.InRange(long.Parse(message.Metadata["__timestamp"]), before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Publish_ExcludedNames_DoNotTravel()
    {
        var message = await SendAsync([("excludeHeaderMetaRegex", "^(rawPayload|x-.*)$")], ("rawPayload", "true"), ("x-hidden", "1"), ("shown", "2"), ("partitionKey", "k"));

        Assert.Equal("2", message.Metadata["shown"]);
        Assert.Equal("k", message.Metadata["__key"]);
        Assert.DoesNotContain(message.Metadata.Keys, static name => name is "rawPayload" or "x-hidden");
    }

    [Fact]
    public async Task Subscribe_EscapeHeaders_MakesThemFitForHttp()
    {
        var message = await SendAsync([("escapeHeaders", "true")], ("partitionKey", "a b"), ("note", "ü & line\nbreak"));

        Assert.Equal("a+b", message.Metadata["__key"]);
        Assert.Equal("%C3%BC+%26+line%0Abreak", message.Metadata["note"]);
    }

    [Fact]
    public async Task Publish_DeadLetter_KeepsTheKeyAndSaysWhereItCameFrom()
    {
        var first = await SendAsync([], ("partitionKey", "ann"));
        await using var pubSub = await StartAsync();
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync("dead", "app", recorder.Handler);
        await pubSub.PublishAsync(new PublishRequest("dead", first.Data, null, first.Metadata), default);

        var message = await recorder.NextAsync();
        Assert.Equal(("ann", "orders"), (message.Metadata["__key"], message.Metadata["__topic"]));
    }

    [Fact]
    public async Task Publish_Null_TravelsAsAMessageWithoutAValue()
    {
        await using var pubSub = await StartAsync();
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync("orders", "app", recorder.Handler);
        await pubSub.PublishAsync("orders", "null", ("partitionKey", "gone"));

        var message = await recorder.NextAsync();
        Assert.Equal("null", Recorder.Text(message));
        Assert.Equal("gone", message.Metadata["__key"]);
    }

    [Fact]
    public async Task Publish_BrokersGrantNoProducerId_GoesOnWithoutOne()
    {
        const short InitProducerId = 22;
        const int ClusterAuthorizationFailed = 31;
        _cluster.FailNext(InitProducerId, ClusterAuthorizationFailed);
        await using var pubSub = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(number => pubSub.PublishAsync("orders", $"{number}", ("partitionNumber", "0")))).WithinAsync();

        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync("orders", "app", recorder.Handler);
        Assert.Equal(Enumerable.Range(0, 10).Select(static number => $"{number}"), (await recorder.NextTextsAsync(10)).Order());
    }

    [Fact]
    public async Task Publish_WithASchema_IsRefused()
    {
        await using var pubSub = await StartAsync();

        var fault = await Assert.ThrowsAsync<KafkaFaultException>(() => pubSub.PublishAsync("orders", "{}", ("valueSchemaType", "Avro")));
        Assert.Contains("'Avro' is not supported", fault.Message, StringComparison.Ordinal);
        await pubSub.PublishAsync("orders", "{}", ("valueSchemaType", "None"));
    }

    private async Task<Message> SendAsync((string Name, string Value)[] metadata, params (string Name, string Value)[] publishing)
    {
        await using var pubSub = await StartAsync(metadata);
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync("orders", "app", recorder.Handler);
        await pubSub.PublishAsync("orders", "{}", publishing);
        return await recorder.NextAsync();
    }

    private async Task<KafkaPubSub> StartAsync(params (string Name, string Value)[] metadata)
        => (KafkaPubSub)await Contexts.Catalog().PubSubs.StartAsync(KafkaParts.Context(
            "pubsub.kafka", [("brokers", _cluster.Address), ("authType", "none"), ("initialOffset", "oldest"), .. metadata])).WithinAsync();
}
