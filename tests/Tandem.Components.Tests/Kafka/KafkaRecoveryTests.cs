using Tandem.Components.Kafka.Client;
using Tandem.Components.Kafka.PubSub;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.Kafka;

/// <summary>Brokers that die, come late or never: nothing that was acknowledged is lost, and one message says what is wrong.</summary>
public sealed class KafkaRecoveryTests
{
    [Fact]
    public async Task Subscription_BrokerKilledUnderLoad_AllThatWasPublishedArrives()
    {
        using var server = KafkaServer.With(("num.partitions", "2"));
        await server.StartAsync();
        await using var pubSub = await KafkaParts.StartPubSubAsync(server);
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync("orders", "app", recorder.Handler);

        var publishing = Task.WhenAll(Enumerable.Range(0, 400).Select(number => pubSub.PublishAsync("orders", $"{number}")));
        var first = await recorder.NextTextAsync();
        server.Kill();
        var meanwhile = pubSub.PublishAsync("orders", "meanwhile");
        await server.StartAsync();
        await publishing.WithinAsync();
        await meanwhile.WithinAsync();
        await pubSub.PublishAsync("orders", "after");

        var missing = Enumerable.Range(0, 400).Select(static number => $"{number}").Append("meanwhile").Append("after").ToHashSet();
        missing.Remove(first);
        while (missing.Count > 0)
        {
            missing.Remove(await recorder.NextTextAsync());
        }

        Assert.Empty(missing);
    }

    [Fact]
    public async Task Publish_BrokerGone_FailsInTimeAndSaysWhy()
    {
        using var server = new KafkaServer();
        await server.StartAsync();
        await using (var patient = await KafkaParts.StartPubSubAsync(server))
        {
            // To make a topic takes its time, which is not what is measured here.
            await patient.PublishAsync("orders", "x");
        }

        await using var pubSub = await KafkaParts.StartPubSubAsync(server, ("writeTimeout", "1s"));
        server.Kill();

        var fault = await Assert.ThrowsAsync<KafkaFaultException>(() => pubSub.PublishAsync("orders", "y").WithinAsync());
        Assert.StartsWith($"{server.Address} did not take the message within 1 s (writeTimeout): ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_BrokerGone_Ends()
    {
        using var server = new KafkaServer();
        await server.StartAsync();
        var pubSub = await KafkaParts.StartPubSubAsync(server);
        var recorder = new Recorder();
        var subscription = await pubSub.SubscribeAsync("orders", "app", recorder.Handler);
        await pubSub.PublishAsync("orders", "x");
        Assert.Equal("x", await recorder.NextTextAsync());
        server.Kill();

        await subscription.DisposeAsync().WithinAsync();
        Assert.Null(await Record.ExceptionAsync(() => pubSub.DisposeAsync().WithinAsync()));
    }

    [Fact]
    public async Task Start_BrokerComesLater_IsWaitedFor()
    {
        using var server = new KafkaServer();
        var starting = KafkaParts.StartPubSubAsync(server);
        await server.StartAsync();

        await using var pubSub = await starting.WithinAsync();
        Assert.Null(await Record.ExceptionAsync(() => pubSub.PublishAsync("orders", "x").WithinAsync()));
    }

    [Fact]
    public async Task Start_NoBroker_SaysWhichAndWhy()
    {
        var port = FreePorts.Take();
        var fault = await FailToStartAsync<KafkaFaultException>(("brokers", $"127.0.0.1:{port}"));

        Assert.Equal($"metadata field 'brokers': 127.0.0.1:{port} cannot be reached: the connection was refused", fault.Message);
    }

    [Fact]
    public async Task Start_UnknownHost_SaysSo()
    {
        var fault = await FailToStartAsync<KafkaFaultException>(("brokers", "no-such-host.invalid:9092"));

        Assert.Equal("metadata field 'brokers': no-such-host.invalid:9092 cannot be reached: brokers names a host that is not known", fault.Message);
    }

    [Fact]
    public async Task Topic_MissingAndNotMadeByTheBroker_IsNamedAndReadOnceItIsThere()
    {
        using var server = KafkaServer.With(("auto.create.topics.enable", "false"), ("num.partitions", "1"));
        await server.StartAsync();
        var log = new Lines();
        await using var pubSub = await KafkaParts.StartPubSubAsync(server, log);
        const string Expected = "topic 'nowhere' is not there, and the brokers do not make it by themselves (auto.create.topics.enable); create it";

        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync("nowhere", "app", recorder.Handler).WithinAsync();
        var fault = await Assert.ThrowsAsync<KafkaFaultException>(() => pubSub.PublishAsync("nowhere", "x").WithinAsync());
        Assert.Equal(Expected, fault.Message);
        Assert.Equal($"Consumer group app cannot read topic nowhere, and will as soon as it can: {Expected}", await log.NextAsync("cannot read topic"));

        await server.CreateTopicAsync("nowhere");
        while (await Record.ExceptionAsync(() => pubSub.PublishAsync("nowhere", "here")) is not null)
        {
            // The producer learns of the topic a little later.
        }

        Assert.Equal("here", await recorder.NextTextAsync());
    }

    private static async Task<T> FailToStartAsync<T>(params (string Name, string Value)[] metadata)
        where T : Exception
    {
        var component = (KafkaPubSub)Contexts.Catalog().PubSubs.Create(KafkaParts.Context("pubsub.kafka", [("authType", "none"), .. metadata]));
        await using (component)
        {
            using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            return await Assert.ThrowsAsync<T>(() => component.InitializeAsync(giveUp.Token).WithinAsync());
        }
    }
}
