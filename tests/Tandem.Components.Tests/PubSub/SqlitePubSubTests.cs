using Tandem.Components.Metadata;
using Tandem.Components.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.PubSub;

/// <summary>What is particular to <c>pubsub.sqlite</c> in one process: durability, places in the log, order, expiry, retention.</summary>
public sealed class SqlitePubSubTests : SqlitePubSubFixture
{
    [Fact]
    public async Task Subscribe_AfterRestart_GoesOnWhereTheGroupWas()
    {
        var first = await StartAsync();
        var before = new Recorder();
        await using (await first.SubscribeAsync(Group("orders", "app"), before.Handler, default))
        {
            await first.PublishAsync(Request("orders", "1"), default);
            await first.PublishAsync(Request("orders", "2"), default);
            Assert.Equal(["1", "2"], (await before.NextTextsAsync(2)).Order());
        }

        await first.PublishAsync(Request("orders", "3"), default);
        await StopAsync(first);

        var second = await StartAsync();
        var after = new Recorder();
        await using var subscription = await second.SubscribeAsync(Group("orders", "app"), after.Handler, default);
        await second.PublishAsync(Request("orders", "4"), default);
        Assert.Equal(["3", "4"], (await after.NextTextsAsync(2)).Order());
        Assert.True(after.IsEmpty);
    }

    [Fact]
    public async Task Subscribe_MessagesDoneOutOfOrderBeforeARestart_DeliversOnlyTheOthers()
    {
        var first = await StartAsync();
        var before = new Recorder(static text => int.Parse(text) % 3 == 0 ? MessageDisposition.Retry : MessageDisposition.Done);
        await using (await first.SubscribeAsync(Group("orders", "app"), before.Handler, default))
        {
            await first.PublishManyAsync([.. Enumerable.Range(0, 60).Select(static number => Request("orders", $"{number}"))], default);
            var seen = new HashSet<string>();
            while (seen.Count < 60)
            {
                seen.Add(await before.NextTextAsync());
            }
        }

        await StopAsync(first);
        var second = await StartAsync();
        var after = new Recorder();
        await using var subscription = await second.SubscribeAsync(Group("orders", "app"), after.Handler, default);
        var received = await after.NextTextsAsync(20);
        Assert.All(received, static text => Assert.Equal(0, int.Parse(text) % 3));
        Assert.Equal(20, received.Distinct().Count());
    }

    [Theory]
    [InlineData("newest", new[] { "4" })]
    [InlineData("oldest", new[] { "1", "2", "3", "4" })]
    [InlineData("3", new[] { "3", "4" })]
    public async Task Subscribe_NewGroup_BeginsAtItsInitialOffset(string initialOffset, string[] expected)
    {
        var pubSub = await StartAsync();
        await pubSub.PublishManyAsync([Request("orders", "1"), Request("orders", "2"), Request("orders", "3")], default);

        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(
            Group("orders", "late", ("initialOffset", initialOffset)), recorder.Handler, default);
        await pubSub.PublishAsync(Request("orders", "4"), default);

        Assert.Equal(expected, (await recorder.NextTextsAsync(expected.Length)).Order());
    }

    [Fact]
    public async Task Subscribe_ComponentSaysOldest_BeginsThere()
    {
        var pubSub = await StartAsync(metadata: ("initialOffset", "oldest"));
        await pubSub.PublishAsync(Request("orders", "early"), default);

        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Group("orders", "app"), recorder.Handler, default);
        Assert.Equal("early", await recorder.NextTextAsync());
    }

    [Fact]
    public async Task Publish_SamePartitionKey_IsDeliveredInOrderThroughRetries()
    {
        var pubSub = await StartAsync();
        var failed = new HashSet<string>();
        var recorder = new Recorder(text => text.EndsWith('7') && failed.Add(text) ? MessageDisposition.Retry : MessageDisposition.Done);
        await using var subscription = await pubSub.SubscribeAsync(Group("orders", "app"), recorder.Handler, default);
        for (var number = 0; number < 100; number++)
        {
            await pubSub.PublishAsync(Request("orders", $"{number % 5}:{number:D3}", ("partitionKey", $"key{number % 5}")), default);
        }

        var received = await recorder.NextTextsAsync(110);
        foreach (var key in Enumerable.Range(0, 5))
        {
            var ofKey = received.Where(text => text.StartsWith($"{key}:", StringComparison.Ordinal)).ToList();
            Assert.Equal(ofKey.Order(StringComparer.Ordinal), ofKey);
        }
    }

    [Fact]
    public async Task Publish_Metadata_ReachesTheConsumer()
    {
        var pubSub = await StartAsync();
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Group("orders", "app"), recorder.Handler, default);
        await pubSub.PublishAsync(
            Request("orders", "x", ("partitionKey", "k"), ("colour", "blue"), ("cloudevent.id", "1"), ("ttlInSeconds", "60")), default);

        var message = await recorder.NextAsync();
        Assert.Equal(new Dictionary<string, string> { ["partitionKey"] = "k", ["colour"] = "blue" }, message.Metadata);
    }

    [Fact]
    public async Task Publish_WithTimeToLive_IsNotDeliveredLater()
    {
        var time = new ManualTimeProvider();
        var pubSub = await StartAsync(time, ("initialOffset", "oldest"));
        await pubSub.PublishAsync(Request("orders", "brief", ("ttlInSeconds", "10")), default);
        await pubSub.PublishAsync(Request("orders", "long", ("ttlInSeconds", "100")), default);
        time.Advance(TimeSpan.FromSeconds(20));

        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Group("orders", "app"), recorder.Handler, default);
        Assert.Equal("long", await recorder.NextTextAsync());
        Assert.True(recorder.IsEmpty);
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(
            async () => await pubSub.PublishAsync(Request("orders", "x", ("ttlInSeconds", "soon")), default));
        Assert.Equal("ttlInSeconds", fault.Field);
    }

    [Fact]
    public async Task CleanUp_RetentionOverAndEveryGroupDone_DeletesAndNeverReusesANumber()
    {
        var time = new ManualTimeProvider();
        var pubSub = await StartAsync(time, ("retentionPeriod", "1h"), ("cleanupInterval", "1m"));
        var fast = new Recorder();
        var slow = new Recorder(static text => text == "2" ? MessageDisposition.Retry : MessageDisposition.Done);
        var first = await pubSub.SubscribeAsync(Group("orders", "fast"), fast.Handler, default);
        var second = await pubSub.SubscribeAsync(Group("orders", "slow"), slow.Handler, default);
        for (var number = 1; number <= 4; number++)
        {
            await pubSub.PublishAsync(Request("orders", $"{number}"), default);
        }

        await fast.NextTextsAsync(4);
        await slow.NextTextsAsync(4);
        await first.DisposeAsync();
        await second.DisposeAsync();

        time.Advance(TimeSpan.FromMinutes(59));
        await pubSub.PublishAsync(Request("payments", "barrier"), default);
        Assert.Equal(4, ReadNumber("SELECT count(*) FROM pubsub_messages WHERE id >> 40 = (SELECT id FROM pubsub_topics WHERE name = 'orders')"));

        // The second message is not done by the slow group: only the first may go.
        time.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(() => ReadNumber("SELECT min(id & 0xffffffffff) FROM pubsub_messages WHERE id >> 40 = 1") == 2);

        var done = new Recorder();
        await using (await pubSub.SubscribeAsync(Group("orders", "slow"), done.Handler, default))
        {
            Assert.Equal("2", await done.NextTextAsync());
        }

        time.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(() => ReadNumber("SELECT min(id & 0xffffffffff) FROM pubsub_messages WHERE id >> 40 = 1") == 4);
        await pubSub.PublishAsync(Request("orders", "5"), default);
        Assert.Equal(5, ReadNumber("SELECT max(id & 0xffffffffff) FROM pubsub_messages WHERE id >> 40 = 1"));
    }

    [Fact]
    public async Task CleanUp_GroupThatNobodyUses_LetsGoOfItsTopic()
    {
        var time = new ManualTimeProvider();
        var pubSub = await StartAsync(
            time, ("retentionPeriod", "1h"), ("groupRetentionPeriod", "48h"), ("cleanupInterval", "1h"), ("pollInterval", "1h"), ("leaseDuration", "12h"));
        await (await pubSub.SubscribeAsync(Group("orders", "gone"), new Recorder().Handler, default)).DisposeAsync();
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Group("orders", "stays"), recorder.Handler, default);
        await pubSub.PublishManyAsync([Request("orders", "1"), Request("orders", "2")], default);
        await recorder.NextTextsAsync(2);

        for (var hour = 0; hour < 47; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            await pubSub.PublishAsync(Request("payments", "barrier"), default);
        }

        Assert.Equal(2, ReadNumber("SELECT count(*) FROM pubsub_groups"));
        Assert.Equal(2, ReadNumber("SELECT count(*) FROM pubsub_messages WHERE id >> 40 = 1"));

        await time.AdvanceUntilAsync(TimeSpan.FromHours(1), () => ReadNumber("SELECT count(*) FROM pubsub_messages WHERE id >> 40 = 1") == 1);
        Assert.Equal(1, ReadNumber("SELECT count(*) FROM pubsub_groups WHERE name = 'stays'"));
        Assert.Equal(0, ReadNumber("SELECT count(*) FROM pubsub_groups WHERE name = 'gone'"));
        Assert.Equal(16, ReadNumber("SELECT count(*) FROM pubsub_slots"));
    }

    [Fact]
    public async Task Start_FileOfTheFirstVersion_IsBroughtToThisOne()
    {
        await StopAsync(await StartAsync());
        using (var connection = Tandem.Components.Sqlite.Database.SqliteConnection.Open(new() { Path = DatabaseFile }, readOnly: false))
        {
            connection.Execute("ALTER TABLE pubsub_groups DROP COLUMN used_at; UPDATE pubsub_metadata SET value = '1' WHERE key = 'migrations'");
            connection.Execute("INSERT INTO pubsub_topics VALUES (1, 'orders'); INSERT INTO pubsub_groups VALUES (1, 1, 'app', 5)");
        }

        await StartAsync();

        Assert.Equal(2, ReadNumber("SELECT CAST(value AS INTEGER) FROM pubsub_metadata WHERE key = 'migrations'"));
        Assert.Equal(1, ReadNumber("SELECT count(*) FROM pubsub_groups WHERE used_at > 1000000000000"));
    }

    [Fact]
    public async Task Subscribe_MoreMessagesThanABatch_DeliversEachOnce()
    {
        var pubSub = await StartAsync(metadata: ("initialOffset", "oldest"));
        var sent = Enumerable.Range(0, 3000).Select(static number => $"{number:D4}").ToList();
        await pubSub.PublishManyAsync([.. sent.Select(static text => Request("orders", text))], default);

        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Group("orders", "app"), recorder.Handler, default);
        Assert.Equal(sent, (await recorder.NextTextsAsync(3000)).Order(StringComparer.Ordinal));
        Assert.True(recorder.IsEmpty);
    }

    [Fact]
    public async Task Subscribe_LargeMessages_DeliversAll()
    {
        var pubSub = await StartAsync(metadata: ("initialOffset", "oldest"));
        var large = new string('x', 700_000);
        await pubSub.PublishManyAsync([.. Enumerable.Range(0, 60).Select(number => Request("orders", large + number))], default);

        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Group("orders", "app"), recorder.Handler, default);
        Assert.Equal(60, (await recorder.NextTextsAsync(60)).Distinct().Count());
    }

    [Fact]
    public async Task Subscribe_OneKeyFailsForEver_ManyOthersGoOn()
    {
        var pubSub = await StartAsync();
        var recorder = new Recorder(static text => text.StartsWith("bad", StringComparison.Ordinal) ? MessageDisposition.Retry : MessageDisposition.Done);
        await using var subscription = await pubSub.SubscribeAsync(Group("orders", "app", ("concurrency", "2")), recorder.Handler, default);
        await pubSub.PublishManyAsync([.. Enumerable.Range(0, 1500).Select(static number => Request("orders", $"bad{number}", ("partitionKey", "bad")))], default);
        await pubSub.PublishManyAsync([.. Enumerable.Range(0, 50).Select(static number => Request("orders", $"good{number}", ("partitionKey", $"{number}")))], default);

        var good = new HashSet<string>();
        while (good.Count < 50)
        {
            var text = await recorder.NextTextAsync();
            Assert.True(text == "bad0" || good.Add(text));
        }
    }

    [Theory]
    [InlineData("initialOffset", "middle")]
    [InlineData("concurrency", "0")]
    [InlineData("retryInterval", "0s")]
    [InlineData("leaseDuration", "long")]
    public async Task Start_WrongField_IsNamed(string field, string value)
    {
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => StartAsync(metadata: (field, value)));
        Assert.Equal(field, fault.Field);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
