using System.Diagnostics.CodeAnalysis;

namespace Dapr.Client;

/// <summary>Whether a lock was taken. Disposing it gives the lock back.</summary>
[Experimental("DAPR_DISTRIBUTEDLOCK", UrlFormat = "https://docs.dapr.io/developing-applications/building-blocks/distributed-lock/distributed-lock-api-overview/")]
public sealed class TryLockResponse : IAsyncDisposable
{
    internal DaprClient? Client { get; init; }

    /// <summary>Whether the lock is held now.</summary>
    public bool Success { get; init; }

    /// <summary>What is locked.</summary>
    public string ResourceId { get; init; } = "";

    /// <summary>Who holds the lock.</summary>
    public string LockOwner { get; init; } = "";

    /// <summary>The lock store.</summary>
    public string StoreName { get; init; } = "";

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Success && Client is not null)
        {
            await Client.Unlock(StoreName, ResourceId, LockOwner).ConfigureAwait(false);
        }
    }
}

/// <summary>What became of an unlock.</summary>
public enum LockStatus
{
    /// <summary>The lock is free.</summary>
    Success,

    /// <summary>There was no such lock.</summary>
    LockDoesNotExist,

    /// <summary>Another owner holds it.</summary>
    LockBelongsToOthers,

    /// <summary>The store failed.</summary>
    InternalError,
}

/// <summary>The answer to an unlock.</summary>
public class UnlockResponse(LockStatus status)
{
#pragma warning disable IDE1006 // The official member is spelled so.
    /// <summary>What became of it.</summary>
    public LockStatus status { get; set; } = status;
#pragma warning restore IDE1006
}
