using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Grpc;

/// <summary>Configuration and locks, which Redis keeps.</summary>
public sealed class RedisBlocksTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private GrpcSidecar _sidecar = null!;

    public async Task InitializeAsync()
    {
        await _redis.StartAsync();
        await _redis.ExecuteAsync("SET", "a", "one||v1");
        _sidecar = await GrpcSidecar.StartAsync(resources: GrpcSidecar.Component("settings", "configuration.redis", ("redisHost", _redis.Address))
            + GrpcSidecar.Component("locks", "lock.redis", ("redisHost", _redis.Address)));
    }

    public async Task DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        _redis.Dispose();
    }

    [Fact]
    public async Task GetConfiguration_OfKeys_GivesThoseThatAreThere()
    {
        var got = await _sidecar.Client.GetConfigurationAsync(new() { StoreName = "settings", Keys = { "a", "missing" } });

        var (key, item) = Assert.Single(got.Items);
        Assert.Equal(("a", "one", "v1"), (key, item.Value, item.Version));
        await _sidecar.Client.GetConfigurationAsync(new() { StoreName = "nothing" }).FailsAsync(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task SubscribeConfiguration_SaysItsIdThenChangesUntilItIsUnsubscribed()
    {
        using var call = _sidecar.Client.SubscribeConfiguration(new() { StoreName = "settings", Keys = { "a" } });
        var begun = await call.ResponseStream.NextAsync();
        Assert.NotEmpty(begun.Id);
        Assert.Empty(begun.Items);

        await _redis.ExecuteAsync("SET", "other", "x");
        await _redis.ExecuteAsync("SET", "a", "two||v2");
        var changed = await call.ResponseStream.NextAsync();
        Assert.Equal((begun.Id, "two", "v2"), (changed.Id, changed.Items["a"].Value, changed.Items["a"].Version));

        Assert.True((await _sidecar.Client.UnsubscribeConfigurationAsync(new() { StoreName = "settings", Id = begun.Id })).Ok);
        Assert.False(await call.ResponseStream.MoveNext(default).WithinAsync());
        var again = await _sidecar.Client.UnsubscribeConfigurationAlpha1Async(new() { StoreName = "settings", Id = begun.Id });
        Assert.False(again.Ok);
        Assert.Contains(begun.Id, again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubscribeConfiguration_ThatIsCancelled_IsForgotten()
    {
        using var call = _sidecar.Client.SubscribeConfigurationAlpha1(new() { StoreName = "settings" });
        await call.ResponseStream.NextAsync();
        var settings = _sidecar.Instance.Blocks.Settings;
        Assert.Equal(1, settings.SubscriptionCount);

        call.Dispose();

        var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
        while (settings.SubscriptionCount > 0)
        {
            deadline.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task SubscribeConfiguration_WhenTheSidecarStops_Ends()
    {
        using var call = _sidecar.Client.SubscribeConfiguration(new() { StoreName = "settings" });
        await call.ResponseStream.NextAsync();

        var stopping = _sidecar.Host.StopAsync(default);

        Assert.False(await call.ResponseStream.MoveNext(default).WithinAsync());
        await stopping.WithinAsync();
    }

    [Fact]
    public async Task Locks_BelongToTheirOwner()
    {
        Assert.True(await LockAsync("ann"));
        Assert.False(await LockAsync("bob"));
        Assert.Equal(2, await UnlockAsync("bob"));
        Assert.Equal(0, await UnlockAsync("ann"));
        Assert.Equal(1, await UnlockAsync("ann"));
        await _sidecar.Client.TryLockAlpha1Async(new() { StoreName = "nothing", ResourceId = "r", LockOwner = "ann", ExpiryInSeconds = 20 }).FailsAsync(StatusCode.InvalidArgument);
        await _sidecar.Client.TryLockAlpha1Async(new() { StoreName = "locks", LockOwner = "ann", ExpiryInSeconds = 20 }).FailsAsync(StatusCode.InvalidArgument);
        await _sidecar.Client.TryLockAlpha1Async(new() { StoreName = "locks", ResourceId = "r", ExpiryInSeconds = 20 }).FailsAsync(StatusCode.InvalidArgument);
        await _sidecar.Client.TryLockAlpha1Async(new() { StoreName = "locks", ResourceId = "r", LockOwner = "ann" }).FailsAsync(StatusCode.InvalidArgument);
    }

    private async Task<bool> LockAsync(string owner)
        => (await _sidecar.Client.TryLockAlpha1Async(new() { StoreName = "locks", ResourceId = "r", LockOwner = owner, ExpiryInSeconds = 20 })).Success;

    private async Task<int> UnlockAsync(string owner)
        => (int)(await _sidecar.Client.UnlockAlpha1Async(new() { StoreName = "locks", ResourceId = "r", LockOwner = owner })).Status;
}
