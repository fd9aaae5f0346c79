using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Tandem.Components.State;
using Tandem.Runtime.State;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.State;

/// <summary>The state methods. Values are bytes: what they mean is the app's.</summary>
internal static class StateCalls
{
    private static readonly Empty Done = new();

    public static async Task<Proto.GetStateResponse> GetAsync(BuildingBlocks blocks, Proto.GetStateRequest request, CancellationToken cancellationToken)
    {
        var response = new Proto.GetStateResponse();
        if (await blocks.State.GetAsync(request.StoreName, request.Key, cancellationToken).ConfigureAwait(false) is { } item)
        {
            response.Data = UnsafeByteOperations.UnsafeWrap(item.Value);
            response.Etag = item.ETag ?? "";
            if (item.ExpiresAt is { } expires)
            {
                response.Metadata[StateTimeToLive.ExpireTimeName] = StateTimeToLive.Format(expires);
            }
        }

        return response;
    }

    public static async Task<Proto.GetBulkStateResponse> GetManyAsync(BuildingBlocks blocks, Proto.GetBulkStateRequest request, CancellationToken cancellationToken)
    {
        // The keys are read in one step: there is nothing to do in parallel.
        var items = await blocks.State.GetManyAsync(request.StoreName, request.Keys, cancellationToken).ConfigureAwait(false);
        var response = new Proto.GetBulkStateResponse();
        for (var i = 0; i < items.Count; i++)
        {
            var answer = new Proto.BulkStateItem { Key = request.Keys[i] };
            if (items[i] is { Error: { } error })
            {
                answer.Error = error;
            }
            else if (items[i] is { } item)
            {
                answer.Data = UnsafeByteOperations.UnsafeWrap(item.Value);
                answer.Etag = item.ETag ?? "";
                if (item.ExpiresAt is { } expires)
                {
                    answer.Metadata[StateTimeToLive.ExpireTimeName] = StateTimeToLive.Format(expires);
                }
            }

            response.Items.Add(answer);
        }

        return response;
    }

    public static async Task<Empty> SaveAsync(BuildingBlocks blocks, Proto.SaveStateRequest request, CancellationToken cancellationToken)
    {
        blocks.State.EnsureExists(request.StoreName);
        if (request.States.Count > 0)
        {
            var sets = new StateSet[request.States.Count];
            for (var i = 0; i < sets.Length; i++)
            {
                sets[i] = StateItems.ReadSet(request.States[i], "ERR_STATE_SAVE");
            }

            await blocks.State.SetAsync(request.StoreName, sets, cancellationToken).ConfigureAwait(false);
        }

        return Done;
    }

    public static async Task<Empty> DeleteAsync(BuildingBlocks blocks, Proto.DeleteStateRequest request, CancellationToken cancellationToken)
    {
        var delete = new StateDelete(request.Key, StateItems.ReadETag(request.Etag), StateItems.ReadConcurrency(request.Options));
        await blocks.State.DeleteAsync(request.StoreName, delete, cancellationToken).ConfigureAwait(false);
        return Done;
    }

    public static async Task<Empty> DeleteManyAsync(BuildingBlocks blocks, Proto.DeleteBulkStateRequest request, CancellationToken cancellationToken)
    {
        await blocks.State.DeleteManyAsync(request.StoreName, [.. request.States.Select(StateItems.ReadDelete)], cancellationToken).ConfigureAwait(false);
        return Done;
    }

    public static async Task<Empty> ExecuteAsync(BuildingBlocks blocks, Proto.ExecuteStateTransactionRequest request, HttpContext http, CancellationToken cancellationToken)
    {
        blocks.State.EnsureExists(request.StoreName);
        var shared = GrpcMetadata.Read(request.Metadata);
        await blocks.State.ExecuteAsync(
            request.StoreName,
            [.. request.Operations.Select(operation => StateItems.ReadOperation(operation, shared))],
            cancellationToken,
            http.Request.Headers.TraceParent).ConfigureAwait(false);
        return Done;
    }

    public static async Task<Proto.QueryStateResponse> QueryAsync(BuildingBlocks blocks, Proto.QueryStateRequest request, CancellationToken cancellationToken)
    {
        var page = await blocks.State.QueryAsync(request.StoreName, System.Text.Encoding.UTF8.GetBytes(request.Query), cancellationToken).ConfigureAwait(false);
        var response = new Proto.QueryStateResponse { Token = page.Token ?? "" };
        foreach (var item in page.Items)
        {
            response.Results.Add(new Proto.QueryStateItem
            {
                Key = item.Key,
                Data = UnsafeByteOperations.UnsafeWrap(item.Value),
                Etag = item.ETag ?? "",
                Error = item.Error ?? "",
            });
        }

        return response;
    }
}
