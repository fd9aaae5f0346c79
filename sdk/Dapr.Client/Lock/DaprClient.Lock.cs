using System.Diagnostics.CodeAnalysis;

namespace Dapr.Client;

public abstract partial class DaprClient
{
    private const string LockDiagnostic = "DAPR_DISTRIBUTEDLOCK";
    private const string LockPage = "https://docs.dapr.io/developing-applications/building-blocks/distributed-lock/distributed-lock-api-overview/";

    /// <summary>Tries to take a lock for a time.</summary>
    [Experimental(LockDiagnostic, UrlFormat = LockPage)]
    public abstract Task<TryLockResponse> Lock(string storeName, string resourceId, string lockOwner, int expiryInSeconds, CancellationToken cancellationToken = default);

    /// <summary>Gives a lock back.</summary>
    [Experimental(LockDiagnostic, UrlFormat = LockPage)]
    public abstract Task<UnlockResponse> Unlock(string storeName, string resourceId, string lockOwner, CancellationToken cancellationToken = default);
}
