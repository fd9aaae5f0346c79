using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Actors;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Actors.State;
using Tandem.Runtime.Errors;
using Tandem.Runtime.State;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Actors;

/// <summary>The methods that call actors, and those of their state.</summary>
internal static class ActorCalls
{
    private static readonly Empty Done = new();

    public static async Task<Proto.InvokeActorResponse> InvokeAsync(SidecarInstance sidecar, Proto.InvokeActorRequest request, HttpContext http, CancellationToken cancellationToken)
    {
        ActorRuntime.EnsureName("actor type", request.ActorType);
        ActorRuntime.EnsureName("actor ID", request.ActorId);
        ActorRuntime.EnsureName("method", request.Method);
        var headers = ReadHeaders(request, http.Request.Headers);
        var call = new ActorCall(request.ActorType, request.ActorId, Uri.EscapeDataString(request.Method))
        {
            Body = request.Data.Memory,
            ContentType = headers.ContentType,
            Headers = headers,
            CallerAppId = sidecar.Options.AppId,
        };
        var answer = await sidecar.Blocks.Actors.InvokeAsync(call, cancellationToken).ConfigureAwait(false);
        return answer.Failure is { } failure
            ? throw new DaprException(failure)
            : new Proto.InvokeActorResponse { Data = UnsafeByteOperations.UnsafeWrap(answer.Body) };
    }

    public static async Task<Proto.GetActorStateResponse> GetStateAsync(BuildingBlocks blocks, Proto.GetActorStateRequest request, CancellationToken cancellationToken)
    {
        var response = new Proto.GetActorStateResponse();
        if (await blocks.Actors.GetStateAsync(request.ActorType, request.ActorId, request.Key, cancellationToken).ConfigureAwait(false) is { } item)
        {
            response.Data = UnsafeByteOperations.UnsafeWrap(item.Value);
            if (item.ExpiresAt is { } expires)
            {
                response.Metadata[StateTimeToLive.ExpireTimeName] = StateTimeToLive.Format(expires);
            }
        }

        return response;
    }

    public static async Task<Empty> SaveStateAsync(BuildingBlocks blocks, Proto.ExecuteActorStateTransactionRequest request)
    {
        var operations = request.Operations
            .Select(static operation => ActorStateOperations.Create(operation.OperationType, operation.Key, operation.Value?.Value.Memory ?? default, GrpcMetadata.Read(operation.Metadata)))
            .ToList();

        // A transaction that has begun is carried out, whether its caller waits for the answer or not.
        await blocks.Actors.SaveStateAsync(request.ActorType, request.ActorId, operations, CancellationToken.None).ConfigureAwait(false);
        return Done;
    }

    /// <summary>The headers that the app gets: the request's metadata, and the trace that the call belongs to.</summary>
    private static IHeaderDictionary ReadHeaders(Proto.InvokeActorRequest request, IHeaderDictionary given)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, value) in request.Metadata)
        {
            if (name.Length > 0)
            {
                headers[name] = value;
            }
        }

        if (given.TraceParent.Count > 0)
        {
            headers.TraceParent = given.TraceParent;
            headers.TraceState = given.TraceState;
        }

        return headers;
    }
}
