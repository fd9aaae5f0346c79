using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Tandem.Components.PubSub;
using Tandem.Components.State;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Resources;
using Tandem.Runtime.Tests.Actors;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.State;

/// <summary>A state transaction and its events: together or not at all.</summary>
public sealed class StateOutboxTests : IDisposable
{
    private const string Order = """{"operation":"upsert","request":{"key":"order","value":{"total":5}}}""";
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly HashSet<string> _known = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("state.sqlite", "pubsub.sqlite")]
    [InlineData("state.sqlite", "pubsub.in-memory")]
    [InlineData("state.in-memory", "pubsub.sqlite")]
    [InlineData("state.in-memory", "pubsub.in-memory")]
    public async Task Execute_Committed_PublishesEachUpsertAndLeavesNoMarker(string store, string bus)
    {
        await using var blocks = await StartAsync([Store(store), Bus(bus)]);

        await blocks.ExecuteAsync("store", $$$"""[{{{Order}}},{"operation":"upsert","request":{"key":"text","value":"words"}},{"operation":"delete","request":{"key":"gone"}}]""");

        var events = new[] { await NextAsync(), await NextAsync() }.OrderBy(static published => published.GetProperty("datacontenttype").GetString()).ToList();
        Assert.Equal("""{"total":5}""", events[0].GetProperty("data").GetRawText());
        Assert.Equal("application/json", events[0].GetProperty("datacontenttype").GetString());
        Assert.Equal("words", events[1].GetProperty("data").GetString());
        Assert.Equal("text/plain", events[1].GetProperty("datacontenttype").GetString());
        Assert.All(events, static published =>
        {
            Assert.StartsWith("outbox-", published.GetProperty("id").GetString(), StringComparison.Ordinal);
            Assert.Equal("orders", published.GetProperty("topic").GetString());
            Assert.Equal("bus", published.GetProperty("pubsubname").GetString());
            Assert.Equal("app", published.GetProperty("source").GetString());
        });
        Assert.Equal("""{"total":5}""", await blocks.GetAsync("store", "order"));
        await NoMarkerIsLeftAsync(blocks);
    }

    [Fact]
    public async Task Execute_Projection_IsPublishedAndNotStored()
    {
        await using var blocks = await StartAsync([Store("state.sqlite"), Bus("pubsub.sqlite")]);

        await blocks.ExecuteAsync("store", $$$"""[{{{Order}}},{"operation":"upsert","request":{"key":"order","metadata":{"outbox.projection":"true"},"value":{"shown":1} } }]""");

        Assert.Equal("""{"shown":1}""", (await NextAsync()).GetProperty("data").GetRawText());
        Assert.Equal("""{"total":5}""", await blocks.GetAsync("store", "order"));
    }

    [Fact]
    public async Task Execute_ProjectionOfNothing_IsRefused()
    {
        await using var blocks = await StartAsync([Store("state.sqlite"), Bus("pubsub.sqlite")]);
        var refusal = await Assert.ThrowsAsync<DaprException>(() => blocks.ExecuteAsync(
            "store", """[{"operation":"upsert","request":{"key":"order","value":1,"metadata":{"outbox.projection":"true"}}}]""").AsTask());
        Assert.Equal(400, refusal.Error.Status);
    }

    [Fact]
    public async Task Execute_Metadata_AreAttributesOfTheEvent()
    {
        await using var blocks = await StartAsync([Store("state.sqlite"), Bus("pubsub.sqlite")]);

        await blocks.ExecuteAsync("store", """
            [{"operation":"upsert","request":{"key":"order","value":"{\"n\":1}","metadata":
                {"cloudevent.source":"shop","type":"order.placed","datacontenttype":"application/json","custom":"x","id":"mine","data":"mine","topic":"elsewhere","ttlInSeconds":"9"}}}]
            """);

        var published = await NextAsync();
        Assert.Equal("""{"n":1}""", published.GetProperty("data").GetString());
        Assert.Equal("application/json", published.GetProperty("datacontenttype").GetString());
        Assert.Equal("shop", published.GetProperty("source").GetString());
        Assert.Equal("order.placed", published.GetProperty("type").GetString());
        Assert.Equal("x", published.GetProperty("custom").GetString());
        Assert.Equal("orders", published.GetProperty("topic").GetString());
        Assert.StartsWith("outbox-", published.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.False(published.TryGetProperty("ttlInSeconds", out _));
    }

    [Fact]
    public async Task Execute_RolledBack_PublishesNothing()
    {
        await using var blocks = await StartAsync([Store("state.sqlite"), Bus("pubsub.sqlite")]);

        await Assert.ThrowsAsync<DaprException>(() => blocks.ExecuteAsync(
            "store", """[{"operation":"upsert","request":{"key":"order","value":1,"etag":"wrong","options":{"concurrency":"first-write"}}}]""").AsTask());
        await blocks.ExecuteAsync("store", """[{"operation":"upsert","request":{"key":"next","value":"next"}}]""");

        Assert.Equal("next", (await NextAsync()).GetProperty("data").GetString());
        await NoMarkerIsLeftAsync(blocks);
        Assert.False(_events.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Execute_OtherWrites_PublishNothing()
    {
        await using var blocks = await StartAsync([Store("state.sqlite"), Bus("pubsub.sqlite")]);
        await blocks.SetAsync("store", "plain", "1");
        await blocks.ExecuteAsync("store", """[{"operation":"delete","request":{"key":"plain"}}]""");
        await blocks.ExecuteAsync("store", $"[{Order}]");

        Assert.Equal("""{"total":5}""", (await NextAsync()).GetProperty("data").GetRawText());
        Assert.False(_events.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Execute_AnswerOfTheCommitIsLost_PublishesWhatIsStored()
    {
        var store = new LossyStore(_time) { LosesAnswer = true };
        await using var blocks = await StartAsync([Store("state.lossy"), Bus("pubsub.in-memory")], store);

        await Assert.ThrowsAsync<DaprException>(() => blocks.ExecuteAsync("store", $"[{Order}]").AsTask());

        Assert.Equal("""{"total":5}""", (await NextAsync()).GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Execute_StoreFailsBeforeTheCommit_IsForgottenAfterAllWaits()
    {
        var store = new LossyStore(_time) { FailsBefore = true };
        await using var blocks = await StartAsync([Store("state.lossy", ("outboxDiscardWhenMissingState", "true")), Bus("pubsub.in-memory", ("concurrency", "1"))], store, _time);

        await Assert.ThrowsAsync<DaprException>(() => blocks.ExecuteAsync("store", $"[{Order}]").AsTask());
        store.FailsBefore = false;
        await blocks.ExecuteAsync("store", """[{"operation":"upsert","request":{"key":"next","value":"next"}}]""");

        // One event at a time: the next one comes when the first was given up.
        var next = NextAsync();
        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("next", (await next).GetProperty("data").GetString());
        Assert.Equal(1 + 6, store.Looks);
    }

    [Fact]
    public async Task Start_ProcessDiedAfterTheCommit_PublishesIt()
    {
        const string Event = """{"id":"outbox-0a3e9a0c-6c4e-4f63-a5dd-b41a3cb7bd2f","data":"kept","datacontenttype":"text/plain","specversion":"1.0","source":"app","type":"x","topic":"","pubsubname":"bus"}""";
        await using (var before = await StartAsync([StateBlocks.Component("store", "state.sqlite", ("connectionString", "state.db")), Bus("pubsub.sqlite")]))
        {
            // What daprd, or Tandem, leaves behind when it dies between its transaction and its event.
            var bus = before.Components.Find<IPubSub>("bus")!;
            await (await bus.SubscribeAsync(new SubscribeRequest("defaultappordersoutbox", "app", new Dictionary<string, string>()), static (_, _) => ValueTask.FromResult(MessageDisposition.Retry), default)).DisposeAsync();
            await bus.PublishAsync(new PublishRequest("defaultappordersoutbox", Encoding.UTF8.GetBytes(Event), "application/cloudevents+json", new Dictionary<string, string>()), default);
            await before.Components.Find<IStateStore>("store")!.SetAsync(new StateSet("outbox-0a3e9a0c-6c4e-4f63-a5dd-b41a3cb7bd2f", "0"u8.ToArray()), default);
        }

        await using var after = await StartAsync([Store("state.sqlite"), Bus("pubsub.sqlite")]);

        var published = await NextAsync();
        Assert.Equal("kept", published.GetProperty("data").GetString());
        Assert.Equal("orders", published.GetProperty("topic").GetString());
        await NoMarkerIsLeftAsync(after);
    }

    [Fact]
    public async Task Start_ProcessDiedAgainAndAgain_LosesNoEventOfACommittedTransaction()
    {
        var committed = new List<int>();
        for (var life = 0; life < 6; life++)
        {
            await using var blocks = await StartAsync([Store("state.sqlite"), Bus("pubsub.sqlite")]);
            for (var number = life * 10; number < (life * 10) + 10; number++)
            {
                await blocks.ExecuteAsync("store", $$$"""[{"operation":"upsert","request":{"value":{"n":{{{number}}} },"key":"n{{{number}}}"}}]""");
                committed.Add(number);
            }

            // The end comes while events are on their way.
        }

        await using var last = await StartAsync([Store("state.sqlite"), Bus("pubsub.sqlite")]);
        var seen = new HashSet<int>();
        while (seen.Count < committed.Count)
        {
            seen.Add((await NextAsync()).GetProperty("data").GetProperty("n").GetInt32());
        }

        Assert.Equal(committed, seen.Order());
        await NoMarkerIsLeftAsync(last);
    }

    [Fact]
    public async Task Execute_BusIsMissing_IsRefusedAndNothingIsStored()
    {
        await using var blocks = await StartAsync([Store("state.sqlite")]);

        var refusal = await Assert.ThrowsAsync<DaprException>(() => blocks.ExecuteAsync("store", $"[{Order}]").AsTask());
        Assert.Equal((500, "ERR_PUBLISH_OUTBOX"), (refusal.Error.Status, refusal.Error.Code));
        Assert.Null(await blocks.GetAsync("store", "order"));
    }

    [Fact]
    public async Task Execute_TopicIsNotTheApps_IsRefusedAndNothingIsStored()
    {
        await using var blocks = await StartAsync([Store("state.sqlite"), Bus("pubsub.in-memory", ("protectedTopics", "orders"))]);

        var refusal = await Assert.ThrowsAsync<DaprException>(() => blocks.ExecuteAsync("store", $"[{Order}]").AsTask());
        Assert.Equal(403, refusal.Error.Status);
        Assert.Null(await blocks.GetAsync("store", "order"));
    }

    private static ComponentResource Store(string type, params (string Name, string Value)[] more)
        => StateBlocks.Component("store", type, [("connectionString", "state.db"), ("outboxPublishPubsub", "bus"), ("outboxPublishTopic", "orders"), .. more]);

    private static ComponentResource Bus(string type, params (string Name, string Value)[] more)
        => StateBlocks.Component("bus", type, [("connectionString", "bus.db"), ("initialOffset", "oldest"), .. more]);

    private async Task<StateBlocks> StartAsync(IEnumerable<ComponentResource> resources, LossyStore? store = null, TimeProvider? time = null)
    {
        var blocks = await StateBlocks.StartAsync(_folder.Path, resources, time, catalog => catalog.StateStores.Add("lossy", _ => store!));
        Assert.Empty(blocks.Faults);
        if (blocks.Components.Find<IPubSub>("bus") is { } bus)
        {
            await bus.SubscribeAsync(
                new SubscribeRequest("orders", "test", new Dictionary<string, string>()),
                (message, _) =>
                {
                    var published = StateBlocks.Json(message.Data);
                    lock (_known)
                    {
                        if (_known.Add(published.GetProperty("id").GetString()!))
                        {
                            _events.Writer.TryWrite(published);
                        }
                    }

                    return ValueTask.FromResult(MessageDisposition.Done);
                },
                default);
        }

        return blocks;
    }

    private Task<JsonElement> NextAsync() => _events.Reader.ReadAsync().AsTask().WithinAsync();

    /// <summary>The marker goes after the event was published, which the test may see first.</summary>
    private static Task NoMarkerIsLeftAsync(StateBlocks blocks) => Task.Run(async () =>
    {
        while (await blocks.Components.Find<IKeyListingStateStore>("store")!.ListAsync("outbox-", default).AnyAsync())
        {
            await Task.Yield();
        }
    }).WithinAsync();

    /// <summary>Fails before or after its transactions.</summary>
    private sealed class LossyStore(TimeProvider timeProvider) : ITransactionalStateStore
    {
        private readonly FakeStore _inner = new(timeProvider);
        private int _looks;

        public bool FailsBefore { get; set; }

        public bool LosesAnswer { get; set; }

        /// <summary>How often a marker was looked for.</summary>
        public int Looks => _looks;

        public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _looks);
            return _inner.GetAsync(key, cancellationToken);
        }

        public ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) => _inner.GetManyAsync(keys, cancellationToken);

        public ValueTask<StateOutcome> SetAsync(StateSet request, CancellationToken cancellationToken) => _inner.SetAsync(request, cancellationToken);

        public ValueTask<StateOutcome> DeleteAsync(StateDelete request, CancellationToken cancellationToken) => _inner.DeleteAsync(request, cancellationToken);

        public async ValueTask<StateOutcome> ExecuteAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
        {
            if (FailsBefore)
            {
                throw new IOException("the store is away");
            }

            var outcome = await _inner.ExecuteAsync(operations, cancellationToken);
            return LosesAnswer ? throw new IOException("the answer was lost") : outcome;
        }
    }
}
