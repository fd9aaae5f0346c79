using System.Threading.Channels;
using Tandem.Components.Configuration;
using Tandem.Components.Redis.Configuration;
using Tandem.Testing;

namespace Tandem.Components.Tests.Redis;

public sealed class RedisConfigurationTests : IAsyncLifetime
{
    private readonly RedisServer _server = new();
    private readonly Channel<(string Key, ConfigurationItem? Item)> _told = Channel.CreateUnbounded<(string, ConfigurationItem?)>();
    private RedisConfigurationStore _store = null!;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _store = (RedisConfigurationStore)await Contexts.Catalog().ConfigurationStores.StartAsync(
            RedisParts.Context("configuration.redis", _server, ("redisMinRetryInterval", "10ms"), ("redisMaxRetries", "200"), ("redisMaxRetryInterval", "20ms")));
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task Get_SomeKeys_GivesValueAndVersion()
    {
        await _server.ExecuteAsync("SET", "a", "one||v1");
        await _server.ExecuteAsync("SET", "b", "two");
        await _server.ExecuteAsync("SET", "c", "x||y||z");
        await _server.ExecuteAsync("HSET", "hash", "field", "value");

        var items = await _store.GetAsync(["a", "b", "c", "hash", "missing"], default);
        Assert.Equal(new ConfigurationItem("one", "v1"), items["a"]);
        Assert.Equal(new ConfigurationItem("two", ""), items["b"]);
        Assert.Equal(new ConfigurationItem("x", "y||z"), items["c"]);
        Assert.Equal(3, items.Count);
    }

    [Fact]
    public async Task Get_NoKeys_GivesAllThatHoldText()
    {
        await _server.ExecuteAsync("MSET", "a", "1", "b", "2");
        await _server.ExecuteAsync("HSET", "hash", "field", "value");

        Assert.Equal(["a", "b"], (await _store.GetAsync([], default)).Keys.Order());
    }

    [Fact]
    public async Task Subscribe_KeyChangesAndGoes_IsToldInOrder()
    {
        await using var subscription = await SubscribeAsync("a");
        await _server.ExecuteAsync("SET", "other", "1");
        await _server.ExecuteAsync("SET", "a", "1||v1");
        Assert.Equal(("a", new ConfigurationItem("1", "v1")), await NextAsync());
        await _server.ExecuteAsync("SET", "a", "2||v2");
        Assert.Equal(("a", new ConfigurationItem("2", "v2")), await NextAsync());
        await _server.ExecuteAsync("DEL", "a");
        Assert.Equal(("a", null), await NextAsync());
    }

    [Fact]
    public async Task Subscribe_NoKeys_IsToldOfAny()
    {
        await using var subscription = await SubscribeAsync();
        await _server.ExecuteAsync("SET", "whatever", "1");

        Assert.Equal("whatever", (await NextAsync()).Key);
    }

    [Fact]
    public async Task Subscribe_SecondOne_ThatEnds_LeavesTheFirst()
    {
        await using var first = await SubscribeAsync("a");
        var second = await SubscribeAsync("b");
        await _server.ExecuteAsync("SET", "b", "1");
        Assert.Equal("b", (await NextAsync()).Key);

        await second.DisposeAsync();
        await _server.ExecuteAsync("SET", "b", "2");
        await _server.ExecuteAsync("SET", "a", "1");
        Assert.Equal("a", (await NextAsync()).Key);
    }

    [Fact]
    public async Task Subscribe_ServerKilledAndBack_IsToldOfWhatChangedMeanwhile()
    {
        await _server.ExecuteAsync("SET", "a", "before");
        await _server.ExecuteAsync("SET", "b", "same");
        await using var subscription = await SubscribeAsync("a", "b");
        _server.Kill();
        await _server.StartAsync();
        await _server.ExecuteAsync("SET", "a", "after");

        Assert.Equal(("a", new ConfigurationItem("after", "")), await NextAsync());
        await _server.ExecuteAsync("DEL", "b");
        while (await NextAsync() is not ("b", null))
        {
            // The same change may be told twice: as heard, and as seen after the interruption.
        }
    }

    [Fact]
    public async Task Subscribe_ServerHasNotificationsOfItsOwn_TheyStay()
    {
        await _server.ExecuteAsync("CONFIG", "SET", "notify-keyspace-events", "Ex");
        await using var subscription = await SubscribeAsync("a");

        var flags = (await _server.ExecuteAsync("CONFIG", "GET", "notify-keyspace-events"))[1];
        Assert.Contains('E', flags);
        Assert.Contains('K', flags);
    }

    private ValueTask<IAsyncDisposable> SubscribeAsync(params string[] keys)
        => _store.SubscribeAsync(
            keys,
            (key, item, _) =>
            {
                _told.Writer.TryWrite((key, item));
                return ValueTask.CompletedTask;
            },
            default);

    private Task<(string Key, ConfigurationItem? Item)> NextAsync() => _told.Reader.ReadAsync().WithinAsync();
}
