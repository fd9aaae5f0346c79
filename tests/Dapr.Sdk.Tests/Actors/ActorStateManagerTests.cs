using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Dapr.Sdk.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Testing;

namespace Dapr.Sdk.Tests.Actors;

public sealed class ActorStateManagerTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly Dictionary<string, string> _stored = [];
    private SidecarDouble _sidecar = null!;
    private ActorStateManager _state = null!;

    public async Task InitializeAsync()
    {
        _sidecar = (await SidecarDouble.StartAsync()).Answers(async (request, response) =>
        {
            if (request.Method == "GET" && _stored.TryGetValue(request.Target.Split('/')[^1], out var value))
            {
                response.Headers["metadata.ttlExpireTime"] = "2030-01-02T03:04:35Z";
                await response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(value));
            }
            else
            {
                response.StatusCode = 204;
            }
        });
        var http = new SidecarHttp(_sidecar.Endpoint, null, new HttpClient());
        var sidecar = new ActorSidecar(http);
        var json = new System.Text.Json.JsonSerializerOptions();
        _state = new ActorStateManager(
            new ActorHost(ActorTypeInformation.Get(typeof(NestedActor), "T"), new ActorId("1"), json, NullLoggerFactory.Instance, new ActorProxyFactory(), new SidecarTimerManager(sidecar), new ActorStateStore(sidecar, json)),
            _time);
    }

    public Task DisposeAsync() => _sidecar.DisposeAsync().AsTask();

    [Fact]
    public async Task Add_ExistingState_IsRefused()
    {
        _stored["a"] = "1";

        Assert.False(await _state.TryAddStateAsync("a", 2));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _state.AddStateAsync("a", 2));
        Assert.True(await _state.TryAddStateAsync("b", 2));
        Assert.False(await _state.TryAddStateAsync("b", 3));
    }

    [Fact]
    public async Task Get_MissingState_ThrowsOrSaysSo()
    {
        await Assert.ThrowsAsync<KeyNotFoundException>(() => _state.GetStateAsync<int>("a"));
        Assert.False((await _state.TryGetStateAsync<int>("a")).HasValue);
    }

    [Fact]
    public async Task Remove_State_IsGoneAndDeletedOnSave()
    {
        _stored["a"] = "1";

        await _state.RemoveStateAsync("a");

        Assert.False(await _state.ContainsStateAsync("a"));
        Assert.False(await _state.TryRemoveStateAsync("a"));
        await _state.SaveStateAsync();
        Assert.Equal("""[{"operation":"delete","request":{"key":"a"}}]""", _sidecar.Requests[^1].Text);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => _state.RemoveStateAsync("missing"));
    }

    [Fact]
    public async Task AddThenRemove_NewState_SavesNothing()
    {
        await _state.AddStateAsync("a", 1);
        Assert.True(await _state.TryRemoveStateAsync("a"));
        var before = _sidecar.Requests.Count;

        await _state.SaveStateAsync();

        Assert.Equal(before, _sidecar.Requests.Count);
    }

    [Fact]
    public async Task RemoveThenAdd_State_IsSavedAsTheNewValue()
    {
        _stored["a"] = "1";
        await _state.RemoveStateAsync("a");

        await _state.AddStateAsync("a", 2);

        await _state.SaveStateAsync();
        Assert.Equal("""[{"operation":"upsert","request":{"key":"a","value":2}}]""", _sidecar.Requests[^1].Text);
    }

    [Fact]
    public async Task Changes_Several_AreOneTransactionAndSavedOnce()
    {
        await _state.SetStateAsync("a", "x");
        await _state.SetStateAsync("b", 2);

        await _state.SaveStateAsync();
        await _state.SaveStateAsync();

        Assert.Equal("""[{"operation":"upsert","request":{"key":"a","value":"x"}},{"operation":"upsert","request":{"key":"b","value":2}}]""", _sidecar.Only.Text);
    }

    [Fact]
    public async Task ClearCache_Changes_AreForgotten()
    {
        _stored["a"] = "1";
        await _state.SetStateAsync("a", 9);

        await _state.ClearCacheAsync();

        Assert.Equal(1, await _state.GetStateAsync<int>("a"));
    }

    [Fact]
    public async Task Ttl_Set_IsSentAndHolds()
    {
        await _state.SetStateAsync("a", 1, TimeSpan.FromMilliseconds(1500));
        await _state.SaveStateAsync();

        Assert.Equal("""[{"operation":"upsert","request":{"key":"a","value":1,"metadata":{"ttlInSeconds":"2"}}}]""", _sidecar.Only.Text);
        Assert.True(await _state.ContainsStateAsync("a"));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await _state.ContainsStateAsync("a"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _state.SetStateAsync("a", 1, TimeSpan.Zero));
    }

    [Fact]
    public async Task Ttl_OfTheStore_HoldsInMemory()
    {
        _stored["a"] = "1";
        Assert.Equal(1, await _state.GetStateAsync<int>("a"));

        _time.Advance(TimeSpan.FromSeconds(31));

        Assert.False((await _state.TryGetStateAsync<int>("a")).HasValue);
    }

    [Fact]
    public async Task GetOrAddAndAddOrUpdate_State_GiveWhatItIs()
    {
        _stored["a"] = "1";

        Assert.Equal(1, await _state.GetOrAddStateAsync("a", 5));
        Assert.Equal(5, await _state.GetOrAddStateAsync("b", 5));
        Assert.Equal(11, await _state.AddOrUpdateStateAsync("a", 0, static (_, old) => old + 10));
        Assert.Equal(7, await _state.AddOrUpdateStateAsync("c", 7, static (_, _) => 0));
    }
}
