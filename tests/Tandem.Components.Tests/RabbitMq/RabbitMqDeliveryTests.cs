using RabbitMQ.Client;
using Tandem.Components.PubSub;
using Tandem.Components.RabbitMq.PubSub;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;
using static Tandem.Components.Tests.RabbitMq.RabbitMqParts;

namespace Tandem.Components.Tests.RabbitMq;

/// <summary>How messages are handed out, given back, dropped and kept.</summary>
[Collection(RabbitMqFixture.Collection)]
public sealed class RabbitMqDeliveryTests(RabbitMqFixture fixture) : IAsyncLifetime
{
    private readonly string _topic = Topic();
    private IConnection _connection = null!;
    private IChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _connection = await fixture.ConnectAsync();
        _channel = await _connection.CreateChannelAsync();
    }

    public async Task DisposeAsync()
    {
        await _channel.QueueDeleteAsync($"app-{_topic}", ifUnused: false, ifEmpty: false);
        await _channel.QueueDeleteAsync($"dlq-app-{_topic}", ifUnused: false, ifEmpty: false);
        await _channel.ExchangeDeleteAsync(_topic);
        await _channel.ExchangeDeleteAsync($"dlx-app-{_topic}");
        await _connection.DisposeAsync();
    }

    [Fact]
    public async Task Subscribe_Single_HandlesOneAfterTheOtherInOrder()
    {
        await using var pubSub = await fixture.StartAsync(("concurrency", "single"), ("publisherConfirm", "true"));
        var running = 0;
        var recorder = new Recorder(text =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            Thread.Yield();
            Interlocked.Decrement(ref running);
            return MessageDisposition.Done;
        });
        await using var subscription = await pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default);
        var texts = Enumerable.Range(0, 100).Select(static number => $"{number}").ToList();
        await pubSub.PublishManyAsync([.. texts.Select(text => Request(_topic, text))], default);

        Assert.Equal(texts, await recorder.NextTextsAsync(100));
    }

    [Fact]
    public async Task Subscribe_Priorities_TheHighestComesFirst()
    {
        await using var pubSub = await StartKeepingAsync(("prefetchCount", "1"), ("publisherConfirm", "true"));
        var request = Subscription(_topic, ("maxPriority", "10"));
        await (await pubSub.SubscribeAsync(request, new Recorder().Handler, default)).DisposeAsync();
        foreach (var priority in (string[])["1", "9", "5"])
        {
            await pubSub.PublishAsync(Request(_topic, priority, ("priority", priority)), default);
        }

        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(request, recorder.Handler, default);
        Assert.Equal(["9", "5", "1"], await recorder.NextTextsAsync(3));
    }

    [Fact]
    public async Task Handler_AnswersRetryWithoutRequeue_TheMessageLeavesTheQueue()
    {
        var time = new ManualTimeProvider();
        await using var pubSub = await fixture.StartAsync(time, ("concurrency", "single"), ("publisherConfirm", "true"));
        var recorder = new Recorder(static text => text == "bad" ? MessageDisposition.Retry : MessageDisposition.Done);
        await using var subscription = await pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default);
        await pubSub.PublishAsync(Request(_topic, "bad"), default);
        await pubSub.PublishAsync(Request(_topic, "good"), default);
        Assert.Equal("bad", await recorder.NextTextAsync());
        await PassPauseAsync(time);

        Assert.Equal("good", await recorder.NextTextAsync());
    }

    [Fact]
    public async Task Handler_AnswersRetryWithDeadLetters_TheMessageIsAmongThem()
    {
        var time = new ManualTimeProvider();
        await using var pubSub = await StartKeepingAsync(time, ("enableDeadLetter", "true"), ("publisherConfirm", "true"));
        var recorder = new Recorder(static _ => MessageDisposition.Retry);
        await using var subscription = await pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default);
        await pubSub.PublishAsync(Request(_topic, "bad"), default);
        await recorder.NextAsync();
        await PassPauseAsync(time);

        Assert.Equal("bad", await TakeAsync($"dlq-app-{_topic}"));
    }

    [Fact]
    public async Task Dispose_MessageAboutToBeDropped_IsGivenBack()
    {
        await using var pubSub = await StartKeepingAsync(new ManualTimeProvider(), ("publisherConfirm", "true"));
        var recorder = new Recorder(static _ => MessageDisposition.Retry);
        var subscription = await pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default);
        await pubSub.PublishAsync(Request(_topic, "kept"), default);
        await recorder.NextAsync();
        await subscription.DisposeAsync().WithinAsync();

        Assert.Equal("kept", await TakeAsync($"app-{_topic}"));
    }

    [Fact]
    public async Task Handler_KeepsFailing_IsNotAskedWithoutAPause()
    {
        var time = new ManualTimeProvider();
        await using var pubSub = await fixture.StartAsync(time, ("requeueInFailure", "true"), ("publisherConfirm", "true"));
        var recorder = new Recorder(static _ => MessageDisposition.Retry);
        await using var subscription = await pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default);
        await pubSub.PublishAsync(Request(_topic, "bad"), default);

        // At once for the first time, then held.
        Assert.Equal(["bad", "bad"], await recorder.NextTextsAsync(2));
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(1)).WithinAsync();
        Assert.True(recorder.IsEmpty);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("bad", await recorder.NextTextAsync());
    }

    [Fact]
    public async Task Handler_FailsWithAutoAck_TheMessageIsGone()
    {
        await using var pubSub = await fixture.StartAsync(("autoAck", "true"), ("concurrency", "single"), ("publisherConfirm", "true"));
        var recorder = new Recorder(static _ => throw new InvalidOperationException("not now"));
        await using var subscription = await pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default);
        await pubSub.PublishManyAsync([Request(_topic, "a"), Request(_topic, "b")], default);

        Assert.Equal(["a", "b"], await recorder.NextTextsAsync(2));
        Assert.Equal(0u, await _channel.MessageCountAsync($"app-{_topic}"));
        Assert.True(recorder.IsEmpty);
    }

    [Fact]
    public async Task Dispose_MessagesReadAndNotHandled_OthersGetThemAtOnce()
    {
        await using var pubSub = await StartKeepingAsync(("concurrency", "single"), ("publisherConfirm", "true"));
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscription = await pubSub.SubscribeAsync(
            Subscription(_topic),
            async (_, _) =>
            {
                started.TrySetResult();
                await release.Task;
                return MessageDisposition.Done;
            },
            default);
        await pubSub.PublishManyAsync([.. Enumerable.Range(0, 5).Select(number => Request(_topic, $"{number}"))], default);
        await started.Task.WithinAsync();
        var disposing = subscription.DisposeAsync().AsTask();
        release.SetResult();
        await disposing.WithinAsync();

        var recorder = new Recorder();
        await using var next = await pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default);
        Assert.Equal(["1", "2", "3", "4"], await recorder.NextTextsAsync(4));
    }

    [Fact]
    public async Task Publish_MoreThanTheQueueHolds_TheOldestGo()
    {
        await using var pubSub = await StartKeepingAsync(("maxLen", "2"), ("publisherConfirm", "true"));
        await (await pubSub.SubscribeAsync(Subscription(_topic), new Recorder().Handler, default)).DisposeAsync();
        foreach (var text in (string[])["1", "2", "3"])
        {
            await pubSub.PublishAsync(Request(_topic, text), default);
        }

        Assert.Equal(["2", "3"], [await TakeAsync($"app-{_topic}"), await TakeAsync($"app-{_topic}")]);
    }

    [Fact]
    public async Task Publish_TimeToLive_TheServerForgetsIt()
    {
        await using var pubSub = await StartKeepingAsync(("enableDeadLetter", "true"), ("publisherConfirm", "true"));
        await (await pubSub.SubscribeAsync(Subscription(_topic), new Recorder().Handler, default)).DisposeAsync();
        await pubSub.PublishAsync(Request(_topic, "short", ("ttl", "1ms")), default);
        await pubSub.PublishAsync(Request(_topic, "long", ("ttlInSeconds", "600")), default);

        // What outlived its time goes where the other dead letters go.
        Assert.Equal("short", await TakeAsync($"dlq-app-{_topic}"));
        Assert.Equal("long", await TakeAsync($"app-{_topic}"));
    }

    [Fact]
    public async Task Subscription_QueueIsDeletedByOthers_IsMadeAgain()
    {
        await using var pubSub = await fixture.StartAsync(("publisherConfirm", "true"), ("reconnectWaitSeconds", "100ms"));
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default);
        await _channel.QueueDeleteAsync($"app-{_topic}", ifUnused: false, ifEmpty: false);
        await WaitForConsumerAsync();
        await pubSub.PublishAsync(Request(_topic, "after"), default);

        Assert.Equal("after", await recorder.NextTextAsync());
    }

    [Fact]
    public async Task Publish_NobodyHasSubscribed_Succeeds()
    {
        await using var pubSub = await fixture.StartAsync(("publisherConfirm", "true"));
        Assert.Null(await Record.ExceptionAsync(() => pubSub.PublishAsync(Request(_topic, "unread"), default).WithinAsync()));
    }

    /// <summary>A component whose queues stay when nobody consumes them.</summary>
    private Task<RabbitMqPubSub> StartKeepingAsync(params (string Name, string Value)[] metadata) => StartKeepingAsync(null, metadata);

    private Task<RabbitMqPubSub> StartKeepingAsync(TimeProvider? time, params (string Name, string Value)[] metadata)
        => fixture.StartAsync(time, [("deletedWhenUnused", "false"), .. metadata]);

    private static async Task PassPauseAsync(ManualTimeProvider time)
    {
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(1)).WithinAsync();
        time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>The queue's next message; waits until there is one.</summary>
    private async Task<string> TakeAsync(string queue)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await _channel.BasicGetAsync(queue, autoAck: true, limit.Token) is { } result)
            {
                return System.Text.Encoding.UTF8.GetString(result.Body.Span);
            }

            await Task.Delay(10, limit.Token);
        }
    }

    private async Task WaitForConsumerAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            await using var channel = await _connection.CreateChannelAsync(cancellationToken: limit.Token);
            try
            {
                if (await channel.ConsumerCountAsync($"app-{_topic}", limit.Token) == 1)
                {
                    return;
                }
            }
            catch (global::RabbitMQ.Client.Exceptions.OperationInterruptedException)
            {
                // Not there yet.
            }

            await Task.Delay(10, limit.Token);
        }
    }
}
