using System.Text;
using System.Text.Json;
using Tandem.Components.PubSub;
using Tandem.Components.Redis.PubSub;
using Tandem.Components.Redis.State;
using Tandem.Components.State;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.Redis;

/// <summary>Keys and entries are those that Dapr writes, in both directions.</summary>
public sealed class RedisLayoutTests(RedisServer server) : IClassFixture<RedisServer>
{
    private static readonly JsonElement Written = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "redis.json"))).RootElement;

    [Fact]
    public async Task Get_HashesThatDaprWrote_GivesTheirValues()
    {
        await server.ExecuteAsync("FLUSHALL");
        var hashes = Hashes().ToList();
        foreach (var (key, fields) in hashes)
        {
            await server.ExecuteAsync(["HSET", key, .. fields.SelectMany(static field => (string[])[field.Key, field.Value])]);
        }

        await using var store = await StartStoreAsync();
        var items = await store.GetManyAsync([.. hashes.Select(static hash => hash.Key)], default);

        Assert.Equal(hashes.Select(static hash => hash.Fields["data"]), items.Select(static item => Encoding.UTF8.GetString(item!.Value.Span)));
        Assert.Equal(hashes.Select(static hash => hash.Fields["version"]), items.Select(static item => item!.ETag));
    }

    [Fact]
    public async Task Set_ValuesThatDaprWrote_WritesTheSameHashes()
    {
        await server.ExecuteAsync("FLUSHALL");
        await using var store = await StartStoreAsync();
        foreach (var (key, fields) in Hashes())
        {
            for (var saved = 0; saved < int.Parse(fields["version"]); saved++)
            {
                await store.SetAsync(new StateSet(key, Encoding.UTF8.GetBytes(fields["data"])), default);
            }

            var hash = (await server.ExecuteAsync("HGETALL", key)).Chunk(2).ToDictionary(static pair => pair[0], static pair => pair[1]);
            Assert.Equal(fields.OrderBy(static field => field.Key), hash.OrderBy(static field => field.Key));
        }
    }

    [Fact]
    public async Task Set_FirstWrite_LeavesTheMarkThatDaprLeaves()
    {
        await using var store = await StartStoreAsync();
        await store.SetAsync(new StateSet("first", "1"u8.ToArray(), Concurrency: StateConcurrency.FirstWrite), default);

        Assert.Equal(["data", "1", "first-write", "0", "version", "1"], await server.ExecuteAsync("HGETALL", "first"));
        Assert.Equal(StateOutcome.ETagRequired, await store.SetAsync(new StateSet("first", "2"u8.ToArray()), default));
        Assert.Equal(StateOutcome.ETagInvalid, await store.SetAsync(new StateSet("first", "2"u8.ToArray(), "no number"), default));
    }

    [Fact]
    public async Task Set_KeyThatIsNoHash_ReadsAndReplacesIt()
    {
        await server.ExecuteAsync("SET", "plain", "old");
        await using var store = await StartStoreAsync();

        Assert.Equal("old"u8.ToArray(), (await store.GetAsync("plain", default))!.Value.ToArray());
        Assert.Equal(StateOutcome.Done, await store.SetAsync(new StateSet("plain", "new"u8.ToArray()), default));
        Assert.Equal(["data", "new", "version", "1"], await server.ExecuteAsync("HGETALL", "plain"));
    }

    [Theory]
    [InlineData("90", null, 90)]
    [InlineData("90", 10, 10)]
    [InlineData(null, 10, 10)]
    [InlineData(null, null, -1)]
    public async Task Set_TimeToLive_IsTheValuesOwnElseTheComponents(string? component, int? own, int expected)
    {
        await using var store = await StartStoreAsync(component is null ? [] : [("ttlInSeconds", component)]);
        await store.SetAsync(new StateSet("timed", "1"u8.ToArray(), TimeToLive: own is { } seconds ? TimeSpan.FromSeconds(seconds) : null), default);

        Assert.InRange(int.Parse((await server.ExecuteAsync("TTL", "timed"))[0]), expected - 3, expected);
        await server.ExecuteAsync("DEL", "timed");
    }

    [Fact]
    public async Task Publish_WhatDaprPublished_WritesTheSameEntries()
    {
        await server.ExecuteAsync("FLUSHALL");
        await using var pubSub = await StartPubSubAsync();
        var expected = new List<string>();
        foreach (var entry in Written.GetProperty("streams").GetProperty("orders").EnumerateArray())
        {
            var fields = entry[1].EnumerateArray().Select(static field => field.GetString()!).ToList();
            expected.AddRange(fields);
            var metadata = JsonSerializer.Deserialize<Dictionary<string, string>>(fields[3])!;
            await pubSub.PublishAsync(new PublishRequest("orders", Encoding.UTF8.GetBytes(fields[1]), null, metadata), default);
        }

        var lines = await server.ExecuteAsync("XRANGE", "orders", "-", "+");
        Assert.Equal(expected, lines.Chunk(5).SelectMany(static lines => lines[1..]));
    }

    [Fact]
    public async Task Subscribe_EntriesThatDaprWrote_DeliversThem()
    {
        await server.ExecuteAsync("XADD", "written", "*", "data", "{\"raw\":true}", "metadata", "{\"rawPayload\":\"true\"}");
        await server.ExecuteAsync("XADD", "written", "*", "data", "of an older version");
        await using var pubSub = await StartPubSubAsync();
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync(
            new SubscribeRequest("written", "shop", new Dictionary<string, string>()), recorder.Handler, default);

        var messages = new[] { await recorder.NextAsync(), await recorder.NextAsync() }.OrderByDescending(static message => message.Metadata.Count).ToList();
        Assert.Equal("{\"raw\":true}", Recorder.Text(messages[0]));
        Assert.Equal("true", messages[0].Metadata["rawPayload"]);
        Assert.Equal("of an older version", Recorder.Text(messages[1]));
        Assert.Contains("shop", await server.ExecuteAsync("XINFO", "GROUPS", "written"));
        Assert.Contains("shop", await server.ExecuteAsync("XINFO", "CONSUMERS", "written", "shop"));
    }

    [Theory]
    [InlineData("maxLenApprox", "100")]
    [InlineData("streamTTL", "10m")]
    public async Task Publish_MoreThanAStreamKeeps_CutsItsBeginning(string field, string value)
    {
        await server.ExecuteAsync("DEL", "cut");
        var requests = Enumerable.Range(0, 1000).Select(static _ => new PublishRequest("cut", "1"u8.ToArray(), null, new Dictionary<string, string>())).ToList();
        await using (var pubSub = await StartPubSubAsync())
        {
            await pubSub.PublishManyAsync(requests, default);
        }

        var anHourLater = new ManualTimeProvider(DateTimeOffset.UtcNow.AddHours(1));
        await using var later = (RedisPubSub)await Contexts.Catalog().PubSubs.StartAsync(
            Contexts.Create("pubsub.redis", Path.GetTempPath(), anHourLater, ("redisHost", server.Address), (field, value)));
        await later.PublishAsync(requests[0], default);

        Assert.InRange(int.Parse((await server.ExecuteAsync("XLEN", "cut"))[0]), 0, 300);
    }

    private static IEnumerable<(string Key, Dictionary<string, string> Fields)> Hashes()
        => Written.GetProperty("hashes").EnumerateObject()
            .Where(static hash => hash.Name.StartsWith("shop||", StringComparison.Ordinal))
            .Select(static hash => (
                hash.Name,
                hash.Value.EnumerateObject().Where(static field => field.Name is "data" or "version").ToDictionary(static field => field.Name, static field => field.Value.GetString()!)));

    private Task<RedisStateStore> StartStoreAsync(params (string Name, string Value)[] metadata) => RedisParts.StartStoreAsync(server, metadata);

    private Task<RedisPubSub> StartPubSubAsync(params (string Name, string Value)[] metadata) => RedisParts.StartPubSubAsync(server, metadata);
}
