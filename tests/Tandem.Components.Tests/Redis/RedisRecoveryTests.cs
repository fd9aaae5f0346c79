using System.Text;
using Tandem.Components.PubSub;
using Tandem.Components.Redis.Client;
using Tandem.Components.Redis.PubSub;
using Tandem.Components.State;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.Redis;

/// <summary>Crashes of the server and of its clients: nothing that was acknowledged is lost, and all goes on afterwards.</summary>
public sealed class RedisRecoveryTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly RedisServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public Task DisposeAsync()
    {
        _server.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Get_ServerKilledAndBack_FailsMeanwhileAndKnowsWhatWasSaved()
    {
        await using var store = await RedisParts.StartStoreAsync(_server, ("redisMaxRetries", "-1"));
        await store.SetAsync(new StateSet("key", "1"u8.ToArray()), default);
        _server.Kill();

        var fault = await Assert.ThrowsAsync<RedisUnavailableException>(() => store.GetAsync("key", default).AsTask());
        Assert.Contains(_server.Address, fault.Message, StringComparison.Ordinal);

        await _server.StartAsync();
        Assert.Equal("1"u8.ToArray(), (await store.GetAsync("key", default))!.Value.ToArray());
        Assert.Equal(StateOutcome.Done, await store.SetAsync(new StateSet("key", "2"u8.ToArray()), default));
    }

    [Fact]
    public async Task Set_WhileTheServerRestarts_IsTriedUntilItWorks()
    {
        await using var store = await RedisParts.StartStoreAsync(_server, ("redisMaxRetries", "1000"), ("redisMinRetryInterval", "5ms"), ("redisMaxRetryInterval", "20ms"));
        _server.Kill();
        var saving = store.SetAsync(new StateSet("key", "1"u8.ToArray()), default).AsTask();
        await _server.StartAsync();

        Assert.Equal(StateOutcome.Done, await saving.WithinAsync());
    }

    [Fact]
    public async Task Get_ServerDoesNotAnswer_FailsInTime()
    {
        await using var store = await RedisParts.StartStoreAsync(_server, ("redisMaxRetries", "-1"), ("readTimeout", "100ms"));
        await _server.ExecuteAsync("CLIENT", "PAUSE", "1000", "ALL");

        var fault = await Assert.ThrowsAsync<RedisUnavailableException>(() => store.GetAsync("key", default).AsTask().WithinAsync());
        Assert.Contains("0.1 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_CallerGivesUp_TheNextCallersGetTheirOwnReplies()
    {
        await using var store = await RedisParts.StartStoreAsync(_server);
        await store.SetAsync(new StateSet("a", "1"u8.ToArray()), default);
        await store.SetAsync(new StateSet("b", "2"u8.ToArray()), default);
        await _server.ExecuteAsync("CLIENT", "PAUSE", "300", "ALL");
        using var giveUp = new CancellationTokenSource();
        var first = store.GetAsync("a", giveUp.Token).AsTask();
        var second = store.GetAsync("b", default).AsTask();

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("2"u8.ToArray(), (await second.WithinAsync())!.Value.ToArray());
        Assert.Equal("1"u8.ToArray(), (await store.GetAsync("a", default))!.Value.ToArray());
    }

    [Fact]
    public async Task Subscription_ServerKilledUnderLoad_DeliversAllThatWasPublished()
    {
        await using var pubSub = await RedisParts.StartPubSubAsync(_server, ("redisMaxRetries", "1000"), ("redisMaxRetryInterval", "20ms"), ("processingTimeout", "200ms"), ("redeliverInterval", "50ms"));
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(new SubscribeRequest("orders", "app", NoMetadata), recorder.Handler, default);

        var publishing = Task.WhenAll(Enumerable.Range(0, 400).Select(number => PublishAsync(pubSub, "orders", $"{number}")));
        var first = await recorder.NextTextAsync();
        _server.Kill();
        await _server.StartAsync();
        await publishing.WithinAsync();
        await PublishAsync(pubSub, "orders", "after");

        var missing = Enumerable.Range(0, 400).Select(static number => $"{number}").Append("after").ToHashSet();
        Assert.True(missing.Remove(first));
        while (missing.Count > 0)
        {
            missing.Remove(await recorder.NextTextAsync());
        }
    }

    [Fact]
    public async Task Subscription_ConsumerDiedWithMessagesInHand_TheyAreDeliveredAgain()
    {
        await using var pubSub = await RedisParts.StartPubSubAsync(_server, ("processingTimeout", "50ms"), ("redeliverInterval", "20ms"));
        await _server.ExecuteAsync("XGROUP", "CREATE", "orders", "app", "0", "MKSTREAM");
        await PublishAsync(pubSub, "orders", "1");
        await PublishAsync(pubSub, "orders", "2");

        // Reads, and is gone: what a killed sidecar leaves behind.
        Assert.NotEmpty(await _server.ExecuteAsync("XREADGROUP", "GROUP", "app", "app", "COUNT", "10", "STREAMS", "orders", ">"));
        var recorder = new Recorder();
        await using (await pubSub.SubscribeAsync(new SubscribeRequest("orders", "app", NoMetadata), recorder.Handler, default))
        {
            Assert.Equal(["1", "2"], (await recorder.NextTextsAsync(2)).Order());
        }

        Assert.Equal("0", (await _server.ExecuteAsync("XPENDING", "orders", "app"))[0]);
    }

    [Fact]
    public async Task Subscription_HandlerTakesLongerThanTheProcessingTimeout_NobodyElseGetsTheMessage()
    {
        await using var slow = await RedisParts.StartPubSubAsync(_server, ("processingTimeout", "3s"), ("redeliverInterval", "50ms"));
        await using var other = await RedisParts.StartPubSubAsync(_server, ("processingTimeout", "3s"), ("redeliverInterval", "50ms"), ("queueDepth", "1"), ("concurrency", "1"));
        var handled = 0;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async ValueTask<MessageDisposition> HandleAsync(Message message, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref handled);
            await release.Task;
            return MessageDisposition.Done;
        }

        await using var one = await slow.SubscribeAsync(new SubscribeRequest("orders", "app", NoMetadata), HandleAsync, default);
        await using var two = await other.SubscribeAsync(new SubscribeRequest("orders", "app", NoMetadata), HandleAsync, default);
        await PublishAsync(slow, "orders", "long");

        // The server's own clock says how long the message has been pending: it starts anew while it is in hand.
        for (long before = 0, now = 0; now >= before; now = await IdleAsync())
        {
            before = now;
        }

        release.SetResult();
        Assert.Equal(1, handled);

        async Task<long> IdleAsync() => long.Parse((await _server.ExecuteAsync("XPENDING", "orders", "app", "-", "+", "1")) is [_, _, var idle, ..] ? idle : "0");
    }

    [Fact]
    public async Task Dispose_MessagesReadAndNotHandled_OthersGetThemAtOnce()
    {
        await using var pubSub = await RedisParts.StartPubSubAsync(_server, ("processingTimeout", "1h"), ("redeliverInterval", "20ms"), ("concurrency", "1"));
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscription = await pubSub.SubscribeAsync(
            new SubscribeRequest("orders", "app", NoMetadata),
            async (_, _) =>
            {
                started.TrySetResult();
                await release.Task;
                return MessageDisposition.Done;
            },
            default);
        await pubSub.PublishManyAsync([.. Enumerable.Range(0, 5).Select(static number => Request("orders", $"{number}"))], default);
        await started.Task.WithinAsync();
        var disposing = subscription.DisposeAsync().AsTask();
        release.SetResult();
        await disposing.WithinAsync();

        var recorder = new Recorder();
        await using var next = await pubSub.SubscribeAsync(new SubscribeRequest("orders", "app", NoMetadata), recorder.Handler, default);
        Assert.Equal(["1", "2", "3", "4"], (await recorder.NextTextsAsync(4)).Order());
    }

    [Fact]
    public async Task Subscription_ServerLostItsData_GoesOnWithWhatComes()
    {
        await using var pubSub = await RedisParts.StartPubSubAsync(_server);
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(new SubscribeRequest("orders", "app", NoMetadata), recorder.Handler, default);
        await PublishAsync(pubSub, "orders", "before");
        Assert.Equal("before", await recorder.NextTextAsync());

        await _server.ExecuteAsync("FLUSHALL");
        await PublishAsync(pubSub, "orders", "after");
        Assert.Equal("after", await recorder.NextTextAsync());
    }

    private static Task PublishAsync(RedisPubSub pubSub, string topic, string text) => pubSub.PublishAsync(Request(topic, text), default).AsTask();

    private static PublishRequest Request(string topic, string text) => new(topic, Encoding.UTF8.GetBytes(text), null, NoMetadata);
}
