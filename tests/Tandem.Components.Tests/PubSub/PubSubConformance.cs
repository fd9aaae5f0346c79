using System.Text;
using Tandem.Components.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.PubSub;

/// <summary>What every pub/sub component does.</summary>
public abstract class PubSubConformance : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    private protected IPubSub PubSub { get; private set; } = null!;

    private protected abstract Task<IPubSub> CreateAsync();

    /// <summary>Whether the content type travels with the message.</summary>
    private protected virtual bool KeepsContentType => true;

    public async Task InitializeAsync() => PubSub = await CreateAsync();

    public virtual async Task DisposeAsync() => await ((IAsyncDisposable)PubSub).DisposeAsync();

    [Fact]
    public async Task Publish_Subscribed_DeliversTheBytesAndTheContentType()
    {
        var recorder = new Recorder();
        await using var subscription = await SubscribeAsync("orders", "app", recorder);
        byte[] data = [0, 1, 254, 255];

        await PubSub.PublishAsync(new PublishRequest("orders", data, "application/octet-stream", NoMetadata), default);

        var message = await recorder.NextAsync();
        Assert.Equal("orders", message.Topic);
        Assert.Equal(data, message.Data.ToArray());
        Assert.Equal(KeepsContentType ? "application/octet-stream" : null, message.ContentType);
    }

    [Fact]
    public async Task Publish_EmptyData_IsDelivered()
    {
        var recorder = new Recorder();
        await using var subscription = await SubscribeAsync("orders", "app", recorder);
        await PubSub.PublishAsync(new PublishRequest("orders", default, null, NoMetadata), default);

        var message = await recorder.NextAsync();
        Assert.True(message.Data.IsEmpty);
        Assert.Null(message.ContentType);
    }

    [Fact]
    public async Task Publish_SeveralGroups_EachGetsEveryMessage()
    {
        var first = new Recorder();
        var second = new Recorder();
        await using var one = await SubscribeAsync("orders", "one", first);
        await using var two = await SubscribeAsync("orders", "two", second);
        await PublishAsync("orders", "a", "b", "c");

        Assert.Equal(["a", "b", "c"], (await first.NextTextsAsync(3)).Order());
        Assert.Equal(["a", "b", "c"], (await second.NextTextsAsync(3)).Order());
    }

    [Fact]
    public async Task Publish_SeveralMembersOfAGroup_ShareTheMessages()
    {
        var recorder = new Recorder();
        await using var one = await SubscribeAsync("orders", "app", recorder);
        await using var two = await SubscribeAsync("orders", "app", recorder);
        var sent = Enumerable.Range(0, 200).Select(static number => $"{number:D3}").ToArray();
        await PublishAsync("orders", sent);
        await PublishAsync("orders", "last");

        var received = await recorder.NextTextsAsync(201);
        Assert.Equal([.. sent, "last"], received.Order(StringComparer.Ordinal));
        Assert.True(recorder.IsEmpty);
    }

    [Fact]
    public async Task Publish_OtherTopic_IsNotDelivered()
    {
        var recorder = new Recorder();
        await using var subscription = await SubscribeAsync("orders", "app", recorder);
        await PublishAsync("payments", "other");
        await PublishAsync("orders", "mine");

        Assert.Equal("mine", await recorder.NextTextAsync());
        Assert.True(recorder.IsEmpty);
    }

    [Fact]
    public async Task Handler_AnswersRetry_GetsTheMessageAgain()
    {
        var attempts = 0;
        var recorder = new Recorder(_ => ++attempts < 3 ? MessageDisposition.Retry : MessageDisposition.Done);
        await using var subscription = await SubscribeAsync("orders", "app", recorder);
        await PublishAsync("orders", "again");

        Assert.Equal(["again", "again", "again"], await recorder.NextTextsAsync(3));
    }

    [Fact]
    public async Task Handler_Throws_GetsTheMessageAgain()
    {
        var attempts = 0;
        var recorder = new Recorder(_ => ++attempts < 2 ? throw new InvalidOperationException("not now") : MessageDisposition.Done);
        await using var subscription = await SubscribeAsync("orders", "app", recorder);
        await PublishAsync("orders", "again");

        Assert.Equal(["again", "again"], await recorder.NextTextsAsync(2));
    }

    [Fact]
    public async Task Handler_OneMessageFails_TheOthersGoOn()
    {
        var recorder = new Recorder(static text => text == "bad" ? MessageDisposition.Retry : MessageDisposition.Done);
        await using var subscription = await SubscribeAsync("orders", "app", recorder);
        await PublishAsync("orders", ["bad", .. Enumerable.Range(0, 50).Select(static number => $"{number}")]);

        var good = new HashSet<string>();
        while (good.Count < 50)
        {
            var text = await recorder.NextTextAsync();
            Assert.True(text == "bad" || good.Add(text));
        }
    }

    [Fact]
    public async Task Dispose_HandlerRuns_WaitsForItAndDeliversNothingMore()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = 0;
        var subscription = await PubSub.SubscribeAsync(
            new SubscribeRequest("orders", "app", NoMetadata),
            async (_, _) =>
            {
                started.TrySetResult();
                await release.Task;
                Interlocked.Increment(ref handled);
                return MessageDisposition.Done;
            },
            default);
        await PublishAsync("orders", "slow");
        await started.Task.WithinAsync();

        var disposing = subscription.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        release.SetResult();
        await disposing.WithinAsync();
        await PublishAsync("orders", "late");
        Assert.Equal(1, handled);
    }

    [Fact]
    public async Task Subscribe_ManyMessages_HandlesNoMoreAtOnceThanAllowed()
    {
        var running = 0;
        var most = 0;
        var done = new CountdownEvent(100);
        await using var subscription = await PubSub.SubscribeAsync(
            new SubscribeRequest("orders", "app", NoMetadata),
            async (_, _) =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                done.Signal();
                return MessageDisposition.Done;
            },
            default);
        await PublishAsync("orders", [.. Enumerable.Range(0, 100).Select(static number => $"{number}")]);

        await Task.Run(() => Assert.True(done.Wait(TimeSpan.FromSeconds(30)))).WithinAsync();
        Assert.InRange(most, 1, 4);
    }

    private protected static IReadOnlyList<PublishRequest> Requests(string topic, IEnumerable<string> texts, params (string Name, string Value)[] metadata)
    {
        var dictionary = metadata.ToDictionary(static pair => pair.Name, static pair => pair.Value);
        return [.. texts.Select(text => new PublishRequest(topic, Encoding.UTF8.GetBytes(text), "text/plain", dictionary))];
    }

    private protected ValueTask PublishAsync(string topic, params string[] texts)
        => ((IBulkPublisher)PubSub).PublishManyAsync(Requests(topic, texts), default);

    private protected ValueTask<IAsyncDisposable> SubscribeAsync(string topic, string group, Recorder recorder)
        => PubSub.SubscribeAsync(new SubscribeRequest(topic, group, NoMetadata), recorder.Handler, default);

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
