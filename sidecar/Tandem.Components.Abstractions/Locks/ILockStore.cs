namespace Tandem.Components.Locks;

/// <summary>A store of locks that several processes share. Resources arrive complete, with the prefix that the runtime puts before them.</summary>
public interface ILockStore
{
    /// <summary>Takes the lock for its owner, if nobody has it; it ends by itself after <paramref name="expiry"/>.</summary>
    ValueTask<bool> TryLockAsync(string resource, string owner, TimeSpan expiry, CancellationToken cancellationToken);

    /// <summary>Gives the lock back, if it is that owner's.</summary>
    ValueTask<UnlockOutcome> UnlockAsync(string resource, string owner, CancellationToken cancellationToken);
}

/// <summary>What became of an unlock; the numbers are the API's.</summary>
public enum UnlockOutcome
{
    /// <summary>The lock is given back.</summary>
    Done = 0,

    /// <summary>Nobody has the lock: it expired, or was given back before.</summary>
    NotLocked = 1,

    /// <summary>Somebody else has the lock.</summary>
    NotOwner = 2,
}
