using Tandem.Components.RabbitMq.Connection;
using Tandem.Components.RabbitMq.PubSub;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;
using static Tandem.Components.Tests.RabbitMq.RabbitMqParts;

namespace Tandem.Components.Tests.RabbitMq;

/// <summary>Crashes of the server: nothing that was acknowledged is lost, and all goes on afterwards.</summary>
[Collection(RabbitMqFixture.Collection)]
public sealed class RabbitMqRecoveryTests(RabbitMqFixture fixture)
{
    private static readonly (string, string)[] Safe =
        [("publisherConfirm", "true"), ("deliveryMode", "2"), ("deletedWhenUnused", "false"), ("requeueInFailure", "true"), ("prefetchCount", "20"), ("reconnectWaitSeconds", "200ms")];

    private readonly string _topic = Topic();

    [Fact]
    public async Task Publish_ConfirmedThenServerKilled_IsThereAfterwards()
    {
        await using var pubSub = await fixture.StartAsync(Safe);
        var texts = Enumerable.Range(0, 200).Select(static number => $"{number:D3}").ToList();
        await (await pubSub.SubscribeAsync(Subscription(_topic), new Recorder().Handler, default)).DisposeAsync();
        await Task.WhenAll(texts.Select(text => pubSub.PublishAsync(Request(_topic, text), default).AsTask())).WithinAsync();
        fixture.Server.Kill();
        await fixture.Server.StartAsync();

        var recorder = new Recorder();
        await using var subscription = await EventuallyAsync(() => pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default));
        Assert.Equal(texts, (await recorder.NextTextsAsync(200)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Subscription_ServerKilledUnderLoad_DeliversAllThatWasPublished()
    {
        await using var pubSub = await fixture.StartAsync([.. Safe[..^1], ("reconnectWaitSeconds", "20s")]);
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(Subscription(_topic), recorder.Handler, default);
        var publishing = Task.WhenAll(Enumerable.Range(0, 400).Select(number => Task.Run(() => pubSub.PublishAsync(Request(_topic, $"{number}"), default).AsTask())));
        var first = await recorder.NextTextAsync();
        fixture.Server.Kill();
        await fixture.Server.StartAsync();
        await publishing.WaitAsync(TimeSpan.FromSeconds(60));
        await pubSub.PublishAsync(Request(_topic, "after"), default);

        var missing = Enumerable.Range(0, 400).Select(static number => $"{number}").Append("after").ToHashSet();
        missing.Remove(first);
        while (missing.Count > 0)
        {
            missing.Remove(await recorder.NextTextAsync());
        }

        Assert.Empty(missing);
    }

    [Fact]
    public async Task Server_Away_PublishersAreToldInTimeAndNewComponentsWait()
    {
        await using var pubSub = await fixture.StartAsync(("publisherConfirm", "true"), ("reconnectWaitSeconds", "50ms"));
        await pubSub.PublishAsync(Request(_topic, "before"), default);
        fixture.Server.Kill();
        Task<RabbitMqPubSub> starting;
        try
        {
            var fault = await Assert.ThrowsAsync<BrokerException>(() => pubSub.PublishAsync(Request(_topic, "meanwhile"), default).AsTask().WithinAsync());
            Assert.Contains($"127.0.0.1:{fixture.Server.Port}", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("guest", fault.Message, StringComparison.Ordinal);
            starting = fixture.StartAsync(("reconnectWaitSeconds", "100ms"), ("publisherConfirm", "true"));
        }
        finally
        {
            await fixture.Server.StartAsync();
        }

        await using var another = await starting.WithinAsync();
        await another.PublishAsync(Request(_topic, "x"), default);
        await EventuallyAsync(() => pubSub.PublishAsync(Request(_topic, "after"), default));
    }

    private static async Task EventuallyAsync(Func<ValueTask> act)
        => await EventuallyAsync(async () =>
        {
            await act();
            return true;
        });

    /// <summary>As the runtime does: again, while the server is away.</summary>
    private static async Task<T> EventuallyAsync<T>(Func<ValueTask<T>> act)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                return await act();
            }
            catch (BrokerException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }
}
