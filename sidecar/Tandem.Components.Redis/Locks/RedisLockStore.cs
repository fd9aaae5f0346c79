using Tandem.Components.Locks;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.Locks;

/// <summary><c>lock.redis</c>: a key for each lock, with its owner as value and the time that it lasts.</summary>
internal sealed class RedisLockStore(RedisClient client) : ILockStore, IInitializable, IAsyncDisposable
{
    /// <summary>Gives back a lock that is the owner's; answers as <see cref="UnlockOutcome"/> does.</summary>
    private static readonly RedisScript Unlock = new(
        """
        local owner = redis.call('GET', KEYS[1])
        if not owner then return 1 end
        if owner ~= ARGV[1] then return 2 end
        redis.call('DEL', KEYS[1])
        return 0
        """);

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => client.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> TryLockAsync(string resource, string owner, TimeSpan expiry, CancellationToken cancellationToken)
        => !(await client.ExecuteAsync(new TakeLock(resource, owner, expiry), cancellationToken)).IsNil;

    /// <inheritdoc/>
    public async ValueTask<UnlockOutcome> UnlockAsync(string resource, string owner, CancellationToken cancellationToken)
        => (UnlockOutcome)(await client.RunAsync(new GiveBack(resource, owner), cancellationToken)).Integer;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => client.DisposeAsync();

    private readonly struct TakeLock(string resource, string owner, TimeSpan expiry) : IRedisCommand
    {
        /// <summary>A second try would find the lock of the first.</summary>
        public bool MayRepeat => false;

        public int Replies => 1;

        public void Write(RespBuffer buffer)
        {
            buffer.Begin(6);
            buffer.Add("SET"u8);
            buffer.Add(resource);
            buffer.Add(owner);
            buffer.Add("PX"u8);
            buffer.Add((long)expiry.TotalMilliseconds);
            buffer.Add("NX"u8);
        }
    }

    private readonly struct GiveBack(string resource, string owner) : IScriptCall
    {
        public bool MayRepeat => false;

        public void Write(RespBuffer buffer, bool withSource)
        {
            Unlock.Begin(buffer, withSource, keys: 1, arguments: 1);
            buffer.Add(resource);
            buffer.Add(owner);
        }
    }
}
