using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Locks;

/// <summary>The distributed lock methods.</summary>
internal static class LockCalls
{
    public static async Task<Proto.TryLockResponse> TryLockAsync(BuildingBlocks blocks, Proto.TryLockRequest request, CancellationToken cancellationToken) => new()
    {
        Success = await blocks.Locks.TryLockAsync(request.StoreName, request.ResourceId, request.LockOwner, request.ExpiryInSeconds, cancellationToken).ConfigureAwait(false),
    };

    public static async Task<Proto.UnlockResponse> UnlockAsync(BuildingBlocks blocks, Proto.UnlockRequest request, CancellationToken cancellationToken) => new()
    {
        // The numbers of the outcomes are the API's.
        Status = (Proto.UnlockResponse.Types.Status)(int)await blocks.Locks.UnlockAsync(request.StoreName, request.ResourceId, request.LockOwner, cancellationToken).ConfigureAwait(false),
    };
}
