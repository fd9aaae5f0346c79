using Tandem.Components.Locks;
using Tandem.Testing;

namespace Tandem.Components.Tests.Redis;

public sealed class RedisLockTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private ILockStore _locks = null!;

    public async Task InitializeAsync()
    {
        await server.ExecuteAsync("FLUSHALL");
        _locks = await Contexts.Catalog().LockStores.StartAsync(RedisParts.Context("lock.redis", server));
    }

    public async Task DisposeAsync() => await ((IAsyncDisposable)_locks).DisposeAsync();

    [Fact]
    public async Task TryLock_SomebodyHasIt_IsRefusedUntilItIsGivenBack()
    {
        Assert.True(await TryLockAsync("ann"));
        Assert.False(await TryLockAsync("bob"));
        Assert.False(await TryLockAsync("ann"));
        Assert.Equal(UnlockOutcome.NotOwner, await _locks.UnlockAsync("r", "bob", default));
        Assert.Equal(UnlockOutcome.Done, await _locks.UnlockAsync("r", "ann", default));
        Assert.Equal(UnlockOutcome.NotLocked, await _locks.UnlockAsync("r", "ann", default));
        Assert.True(await TryLockAsync("bob"));
    }

    [Fact]
    public async Task TryLock_WritesOwnerAndExpiry()
    {
        await TryLockAsync("ann");

        Assert.Equal(["ann"], await server.ExecuteAsync("GET", "r"));
        Assert.InRange(int.Parse((await server.ExecuteAsync("TTL", "r"))[0]), 55, 60);
    }

    [Fact]
    public async Task TryLock_ManyAtOnce_OneGetsIt()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => TryLockAsync($"{number}").AsTask())).WithinAsync();
        Assert.Single(taken, static isTaken => isTaken);
    }

    private ValueTask<bool> TryLockAsync(string owner) => _locks.TryLockAsync("r", owner, TimeSpan.FromMinutes(1), default);
}
