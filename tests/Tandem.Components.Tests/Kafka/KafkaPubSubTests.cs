using System.Collections.Concurrent;
using Tandem.Components.Kafka.Client;
using Tandem.Components.PubSub;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.Kafka;

/// <summary>Partitions, keys and groups on a real broker.</summary>
public sealed class KafkaPubSubTests
{
    [Fact]
    public async Task Publish_WithKeys_EachKeyHasAPartitionAndKeepsItsOrder()
    {
        await using var pubSub = await StartAsync();
        var topic = KafkaParts.Fresh("keys");
        for (var number = 0; number < 100; number++)
        {
            await pubSub.PublishAsync(topic, $"{number}", ("partitionKey", $"key{number % 7}"));
        }

        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(topic, "app", recorder.Handler);
        var received = new List<(string Key, string Partition, int Number)>();
        for (var i = 0; i < 100; i++)
        {
            var message = await recorder.NextAsync();
            received.Add((message.Metadata["__key"], message.Metadata["__partition"], int.Parse(Recorder.Text(message))));
        }

        Assert.Equal(7, received.DistinctBy(static each => (each.Key, each.Partition)).Count());
        Assert.All(received.GroupBy(static each => each.Key), static key => Assert.Equal(key.Select(static each => each.Number).Order(), key.Select(static each => each.Number)));
        Assert.True(received.DistinctBy(static each => each.Partition).Count() > 1);
    }

    [Theory]
    [InlineData("order-1", 1)]
    [InlineData("order-2", 0)]
    [InlineData("ann@example.com", 3)]
    [InlineData("", 3)]
    public async Task Publish_WithAKey_TakesThePartitionThatDaprTakes(string key, int expected)
    {
        // FNV-1a with 32 bits, as a signed number without its sign, modulo the number of partitions.
        var hash = 2166136261;
        foreach (var letter in key)
        {
            hash = (hash ^ letter) * 16777619;
        }

        Assert.Equal(expected, Math.Abs((int)hash % KafkaParts.Partitions));
        await using var pubSub = await StartAsync();
        var topic = KafkaParts.Fresh("partitioner");
        await pubSub.PublishAsync(topic, "x", ("partitionKey", key));
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(topic, "app", recorder.Handler);

        Assert.Equal($"{expected}", (await recorder.NextAsync()).Metadata["__partition"]);
    }

    [Fact]
    public async Task Publish_WithAPartitionNumber_GoesThere()
    {
        await using var pubSub = await StartAsync();
        var topic = KafkaParts.Fresh("numbered");
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(topic, "app", recorder.Handler);
        await pubSub.PublishAsync(topic, "x", ("partitionNumber", "2"));

        var message = await recorder.NextAsync();
        Assert.Equal("2", message.Metadata["__partition"]);
        Assert.Equal("0", message.Metadata["__offset"]);
        Assert.Equal(topic, message.Metadata["__topic"]);
        Assert.False(message.Metadata.ContainsKey("__key"));
        var fault = await Assert.ThrowsAsync<KafkaFaultException>(() => pubSub.PublishAsync(topic, "x", ("partitionNumber", "9")));
        Assert.Contains("partitionNumber", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_FailsForOneKey_ItsOthersWaitAndTheRestGoesOn()
    {
        await using var pubSub = await StartAsync(("consumeRetryInterval", "20ms"));
        var topic = KafkaParts.Fresh("one-key");
        var failing = true;
        var recorder = new Recorder(text => text == "bad-1" && Volatile.Read(ref failing) ? MessageDisposition.Retry : MessageDisposition.Done);
        await using var subscription = await pubSub.SubscribeAsync(topic, "app", recorder.Handler);
        foreach (var text in (string[])["bad-1", "bad-2", "good-1", "good-2"])
        {
            await pubSub.PublishAsync(topic, text, ("partitionKey", text[..3]), ("partitionNumber", "0"));
        }

        var seen = new List<string>();
        do
        {
            seen.Add(await recorder.NextTextAsync());
        }
        while (!seen.Contains("good-2"));
        Assert.DoesNotContain("bad-2", seen);
        Volatile.Write(ref failing, false);
        do
        {
            seen.Add(await recorder.NextTextAsync());
        }
        while (!seen.Contains("bad-2"));
        Assert.Equal("bad-1", seen[^2]);
    }

    [Fact]
    public async Task Dispose_SomeHandledAndSomeNot_TheNextOfTheGroupBeginsWithWhatWasNot()
    {
        var server = await KafkaParts.SharedServerAsync();
        var topic = KafkaParts.Fresh("progress");
        await using (var pubSub = await KafkaParts.StartPubSubAsync(server))
        {
            foreach (var text in (string[])["a", "b", "c"])
            {
                await pubSub.PublishAsync(topic, text, ("partitionNumber", "0"));
            }

            var recorder = new Recorder(static text => text == "b" ? MessageDisposition.Retry : MessageDisposition.Done);
            await using var subscription = await pubSub.SubscribeAsync(topic, "app", recorder.Handler);
            while (await recorder.NextTextAsync() != "c")
            {
            }
        }

        await using var next = await KafkaParts.StartPubSubAsync(server);
        var after = new Recorder();
        await using var again = await next.SubscribeAsync(topic, "app", after.Handler);
        Assert.Equal(["b", "c"], await after.NextTextsAsync(2));
        await next.PublishAsync(topic, "d", ("partitionNumber", "0"));
        Assert.Equal("d", await after.NextTextAsync());
    }

    [Fact]
    public async Task Subscribe_TwoInstancesOfAGroup_ShareThePartitionsAndOneTakesOverFromTheOther()
    {
        await using var first = await StartAsync(("sessionTimeout", "2s"), ("heartbeatInterval", "200ms"));
        await using var second = await StartAsync(("sessionTimeout", "2s"), ("heartbeatInterval", "200ms"));
        var topic = KafkaParts.Fresh("shared");
        var byFirst = new ConcurrentQueue<string>();
        var bySecond = new ConcurrentQueue<string>();
        await using var one = await first.SubscribeAsync(topic, "app", Into(byFirst));
        var two = await second.SubscribeAsync(topic, "app", Into(bySecond));
        var sent = new List<string>();

        await PublishUntilAsync(() => !byFirst.IsEmpty && !bySecond.IsEmpty);
        await two.DisposeAsync().WithinAsync();
        var handledBySecond = bySecond.Count;
        await PublishUntilAsync(() => sent.TakeLast(20).All(byFirst.Contains));

        Assert.Equal(handledBySecond, bySecond.Count);
        Assert.Equal(sent.Order(), byFirst.Concat(bySecond).Distinct().Order());

        async Task PublishUntilAsync(Func<bool> done)
        {
            var limit = Task.Delay(TimeSpan.FromSeconds(40));
            do
            {
                Assert.False(limit.IsCompleted, $"first handled {byFirst.Count}, second {bySecond.Count} of {sent.Count}");
                var batch = Enumerable.Range(sent.Count, 20).Select(static number => $"{number}").ToList();
                sent.AddRange(batch);
                await first.PublishManyAsync([.. batch.Select(text => KafkaParts.Request(topic, text, ("partitionNumber", $"{int.Parse(text) % KafkaParts.Partitions}")))], default);
                for (var look = 0; look < 25 && !done(); look++)
                {
                    await Task.Delay(20);
                }
            }
            while (!done() || sent.Except(byFirst.Concat(bySecond)).Any());
        }
    }

    [Fact]
    public async Task Subscribe_InBulk_HandlesSeveralOfAPartitionAtOnce()
    {
        await using var pubSub = await StartAsync();
        var topic = KafkaParts.Fresh("bulk");
        await pubSub.PublishManyAsync([.. Enumerable.Range(0, 10).Select(number => KafkaParts.Request(topic, $"{number}", ("partitionNumber", "1")))], default);
        var all = new CountdownEvent(10);
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscription = await pubSub.SubscribeAsync(
            topic,
            "app",
            async (_, _) =>
            {
                if (all.Signal())
                {
                    together.SetResult();
                }

                await together.Task;
                return MessageDisposition.Done;
            },
            atOnce: 10);

        await together.Task.WithinAsync();
        Assert.Equal(0, all.CurrentCount);
    }

    [Fact]
    public async Task Publish_TooLarge_IsRefusedWithTheLimit()
    {
        await using var pubSub = await StartAsync(("maxMessageBytes", "1024"));
        var topic = KafkaParts.Fresh("large");
        await pubSub.PublishAsync(topic, new string('x', 1024));

        var fault = await Assert.ThrowsAsync<KafkaFaultException>(() => pubSub.PublishAsync(topic, new string('x', 1025)));
        Assert.Equal("the message has 1025 bytes, and maxMessageBytes allows 1024", fault.Message);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("..")]
    [InlineData("orders/new")]
    public async Task Publish_TopicThatKafkaDoesNotTake_IsRefused(string topic)
    {
        await using var pubSub = await StartAsync();

        var fault = await Assert.ThrowsAsync<KafkaFaultException>(() => pubSub.PublishAsync(topic, "x"));
        Assert.Contains($"'{topic}'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    public async Task Publish_Compressed_ArrivesAsItWas(string compression)
    {
        await using var pubSub = await StartAsync(("compression", compression));
        var topic = KafkaParts.Fresh("compressed");
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(topic, "app", recorder.Handler);
        var text = string.Concat(Enumerable.Repeat("the same again ", 1000));
        await pubSub.PublishAsync(topic, text);

        Assert.Equal(text, await recorder.NextTextAsync());
    }

    [Fact]
    public async Task Handler_SlowerThanTheMessagesCome_ReadingPausesAndNothingIsLost()
    {
        await using var pubSub = await StartAsync(("channelBufferSize", "8"));
        var topic = KafkaParts.Fresh("slow");
        var numbers = Enumerable.Range(0, 500).Select(static number => $"{number}").ToList();
        await pubSub.PublishManyAsync([.. numbers.Select(number => KafkaParts.Request(topic, number, ("partitionNumber", "0")))], default);
        var received = new ConcurrentQueue<string>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscription = await pubSub.SubscribeAsync(topic, "app", async (message, _) =>
        {
            await Task.Yield();
            received.Enqueue(Recorder.Text(message));
            if (received.Count == numbers.Count)
            {
                all.SetResult();
            }

            return MessageDisposition.Done;
        });

        await all.Task.WithinAsync();
        Assert.Equal(numbers, received);
    }

    private static async Task<Components.Kafka.PubSub.KafkaPubSub> StartAsync(params (string Name, string Value)[] metadata)
        => await KafkaParts.StartPubSubAsync(await KafkaParts.SharedServerAsync(), metadata);

    private static MessageHandler Into(ConcurrentQueue<string> received) => (message, _) =>
    {
        received.Enqueue(Recorder.Text(message));
        return ValueTask.FromResult(MessageDisposition.Done);
    };
}
