using Tandem.Components.PubSub;
using Tandem.Components.Sqlite.Database;
using Tandem.Testing;

namespace Tandem.Components.Tests.PubSub;

/// <summary>Several processes on one file, played by components whose databases are opened apart.</summary>
public sealed class SqlitePubSubSharingTests : SqlitePubSubFixture
{
    [Fact]
    public async Task Publish_FromAnotherProcess_IsDelivered()
    {
        var publisher = await StartAsync();
        var consumer = await StartAsync();
        var recorder = new Recorder();
        await using var subscription = await consumer.SubscribeAsync(Group("orders", "app"), recorder.Handler, default);

        await publisher.PublishAsync(Request("orders", "hello"), default);
        Assert.Equal("hello", await recorder.NextTextAsync());
    }

    [Fact]
    public async Task Subscribe_FromTwoProcesses_BothGetAShareAndNothingTwice()
    {
        var one = await StartAsync();
        var two = await StartAsync();
        var first = new Recorder();
        var second = new Recorder();
        await using var oneSubscription = await one.SubscribeAsync(Group("orders", "app"), first.Handler, default);
        await using var twoSubscription = await two.SubscribeAsync(Group("orders", "app"), second.Handler, default);
        await SharedEvenlyAsync();

        var sent = Enumerable.Range(0, 160).Select(static number => $"{number:D3}").ToList();
        foreach (var text in sent)
        {
            await one.PublishAsync(Request("orders", text), default);
        }

        var received = (await first.NextTextsAsync(80)).Concat(await second.NextTextsAsync(80));
        Assert.Equal(sent, received.Order(StringComparer.Ordinal));
        Assert.True(first.IsEmpty && second.IsEmpty);
    }

    [Fact]
    public async Task Subscribe_SecondProcessJoinsAndLeavesUnderLoad_KeepsTheOrderOfEachKey()
    {
        var one = await StartAsync();
        var two = await StartAsync();
        var received = new Dictionary<string, List<int>>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        const int Keys = 20;
        const int PerKey = 50;
        ValueTask<MessageDisposition> HandleAsync(Message message, CancellationToken cancellationToken)
        {
            var parts = Recorder.Text(message).Split(':');
            lock (received)
            {
                var ofKey = received.TryGetValue(parts[0], out var known) ? known : received[parts[0]] = [];
                ofKey.Add(int.Parse(parts[1]));
                if (received.Count == Keys && received.Values.All(static numbers => numbers[^1] == PerKey - 1))
                {
                    done.TrySetResult();
                }
            }

            return ValueTask.FromResult(MessageDisposition.Done);
        }

        await using var subscription = await one.SubscribeAsync(Group("orders", "app"), HandleAsync, default);
        IAsyncDisposable? joined = null;
        for (var number = 0; number < PerKey; number++)
        {
            for (var key = 0; key < Keys; key++)
            {
                await two.PublishAsync(Request("orders", $"k{key}:{number}", ("partitionKey", $"k{key}")), default);
            }

            if (number % 10 == 3)
            {
                joined = await two.SubscribeAsync(Group("orders", "app"), HandleAsync, default);
            }
            else if (number % 10 == 8)
            {
                await joined!.DisposeAsync();
            }
        }

        await done.Task.WithinAsync();
        Assert.All(received.Values, static numbers => Assert.Equal(Enumerable.Range(0, PerKey), numbers));
    }

    [Fact]
    public async Task Subscribe_ProcessFellSilent_ItsMessagesAreDeliveredAgainAfterTheLease()
    {
        // The silent process has a clock that stands still: it renews nothing and saves nothing.
        var start = DateTimeOffset.UtcNow;
        var silentTime = new ManualTimeProvider(start);
        var otherTime = new ManualTimeProvider(start);
        var silent = await StartAsync(silentTime, ("leaseDuration", "15s"));
        var taken = new Recorder();
        await silent.SubscribeAsync(Group("orders", "app"), taken.Handler, default);
        await silent.PublishManyAsync([.. Enumerable.Range(0, 32).Select(static number => Request("orders", $"{number}"))], default);
        await taken.NextTextsAsync(32);

        var other = await StartAsync(otherTime, ("leaseDuration", "15s"));
        var again = new Recorder();
        await using var subscription = await other.SubscribeAsync(Group("orders", "app"), again.Handler, default);
        otherTime.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(16, ReadNumber("SELECT count(*) FROM pubsub_slots WHERE owner IS NOT NULL"));
        Assert.True(again.IsEmpty);

        var received = again.NextTextsAsync(32);
        while (!received.IsCompleted)
        {
            otherTime.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(32, (await received).Distinct().Count());
    }

    [Fact]
    public async Task Subscribe_ProcessIsDead_ItsMessagesAreDeliveredAgainAtOnce()
    {
        var before = await StartAsync();
        await using (await before.SubscribeAsync(Group("orders", "app"), new Recorder().Handler, default))
        {
        }

        await before.PublishAsync(Request("orders", "left behind"), default);
        await StopAsync(before);

        // The owner is noted as a process that cannot be: its number is beyond what the system gives.
        var dead = OwnerId.Create().Split('|') is [var place, _, var started, var id] ? $"{place}|{int.MaxValue}|{started}|{id}" : "";
        using (var connection = SqliteConnection.Open(new() { Path = DatabaseFile }, readOnly: false))
        {
            connection.Execute($"UPDATE pubsub_slots SET owner = '{dead}'; INSERT INTO pubsub_members VALUES (1, '{dead}', {long.MaxValue})");
        }

        var after = await StartAsync();
        var recorder = new Recorder();
        await using var subscription = await after.SubscribeAsync(Group("orders", "app"), recorder.Handler, default);
        Assert.Equal("left behind", await recorder.NextTextAsync());
    }

    [Fact]
    public void OwnerId_OfThisProcess_IsNotDead()
    {
        Assert.False(OwnerId.IsDead(OwnerId.Create()));
        Assert.False(OwnerId.IsDead("elsewhere/pid:[1]|1|1|x"));
        Assert.False(OwnerId.IsDead("nonsense"));
    }

    private async Task SharedEvenlyAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (ReadNumber("SELECT count(*) FROM (SELECT owner FROM pubsub_slots WHERE owner IS NOT NULL GROUP BY owner HAVING count(*) = 8)") != 2)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
