using Tandem.Components.Locks;
using Tandem.Components.Metadata;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Locks;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Tests.Locks;

public sealed class LockManagerTests
{
    private readonly Store _store = new();

    [Theory]
    [InlineData(null, "lock||shop||r")]
    [InlineData("appid", "lock||shop||r")]
    [InlineData("name", "lock||locks||r")]
    [InlineData("none", "lock||r")]
    [InlineData("mine", "lock||mine||r")]
    public async Task TryLock_KeyPrefix_IsDaprs(string? keyPrefix, string expected)
    {
        await Create(keyPrefix).TryLockAsync("locks", "r", "ann", 1, default);
        await Create(keyPrefix).UnlockAsync("locks", "r", "ann", default);

        Assert.Equal([expected, expected], _store.Resources);
    }

    [Fact]
    public async Task TryLock_ReservedSeparator_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<DaprException>(() => Create().TryLockAsync("locks", "a||b", "ann", 1, default).AsTask());
        Assert.Equal((400, "ERR_MALFORMED_REQUEST"), (refusal.Error.Status, refusal.Error.Code));
    }

    [Fact]
    public async Task TryLockAndUnlock_StoreFails_SayWhichAndWhy()
    {
        _store.Fault = new IOException("the wire is cut");
        var locking = await Assert.ThrowsAsync<DaprException>(() => Create().TryLockAsync("locks", "r", "ann", 1, default).AsTask());
        var unlocking = await Assert.ThrowsAsync<DaprException>(() => Create().UnlockAsync("locks", "r", "ann", default).AsTask());

        Assert.Equal((500, "ERR_TRY_LOCK"), (locking.Error.Status, locking.Error.Code));
        Assert.Equal((500, "ERR_UNLOCK"), (unlocking.Error.Status, unlocking.Error.Code));
        Assert.Contains("the wire is cut", unlocking.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EnsureExists_NoLockStoreAtAll_SaysThat()
    {
        var manager = new LockManager(Options, new ComponentSet([]), NoPolicies);
        Assert.Equal("ERR_LOCK_STORE_NOT_CONFIGURED", Assert.Throws<DaprException>(() => manager.EnsureExists("locks")).Error.Code);
        Assert.Equal("ERR_LOCK_STORE_NOT_FOUND", Assert.Throws<DaprException>(() => Create().EnsureExists("nothing")).Error.Code);
    }

    private static readonly SidecarOptions Options = new() { AppId = "shop", HttpPort = 3500 };

    private static readonly ResiliencyPolicies NoPolicies = new([], TimeProvider.System);

    private LockManager Create(string? keyPrefix = null)
    {
        var settings = new Dictionary<string, string>();
        if (keyPrefix is not null)
        {
            settings["keyPrefix"] = keyPrefix;
        }

        var component = new LoadedComponent(
            new ComponentResource { Id = new ResourceId("x.yaml", 1, "Component", "locks"), Type = "lock.x", Version = "v1", Metadata = [] }, new ComponentMetadata(settings), _store);
        return new LockManager(Options, new ComponentSet([component]), NoPolicies);
    }

    private sealed class Store : ILockStore
    {
        public List<string> Resources { get; } = [];

        public Exception? Fault { get; set; }

        public ValueTask<bool> TryLockAsync(string resource, string owner, TimeSpan expiry, CancellationToken cancellationToken)
        {
            Resources.Add(resource);
            return Fault is null ? ValueTask.FromResult(true) : throw Fault;
        }

        public ValueTask<UnlockOutcome> UnlockAsync(string resource, string owner, CancellationToken cancellationToken)
        {
            Resources.Add(resource);
            return Fault is null ? ValueTask.FromResult(UnlockOutcome.Done) : throw Fault;
        }
    }
}
