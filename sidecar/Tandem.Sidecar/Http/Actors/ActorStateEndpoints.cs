using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Actors.State;
using Tandem.Runtime.State;

namespace Tandem.Sidecar.Http.Actors;

/// <summary><c>GET …/state/{key}</c> and <c>POST …/state</c></summary>
internal static class ActorStateEndpoints
{
    public static async Task GetAsync(ApiRequest request, string actorType, string actorId, string key, bool isWhole)
    {
        if (!HttpMethods.IsGet(request.Method) || !isWhole)
        {
            await ApiRouter.NotFoundAsync(request.Http).ConfigureAwait(false);
            return;
        }

        var item = await request.Blocks.Actors.GetStateAsync(actorType, actorId, key, request.Aborted).ConfigureAwait(false);
        if (item is null || item.Value.IsEmpty)
        {
            await ActorMessages.WriteNothingAsync(request).ConfigureAwait(false);
            return;
        }

        if (item.ExpiresAt is { } expiresAt)
        {
            request.Http.Response.Headers["Metadata.ttlExpireTime"] = StateTimeToLive.Format(expiresAt);
        }

        await ActorMessages.WriteJsonAsync(request, item.Value).ConfigureAwait(false);
    }

    public static async Task SaveAsync(ApiRequest request, string actorType, string actorId)
    {
        if (!request.IsPostOrPut)
        {
            await ApiRouter.NotFoundAsync(request.Http).ConfigureAwait(false);
            return;
        }

        var operations = ActorStateOperations.Parse(await BodyReader.ReadAsync(request.Http).ConfigureAwait(false));

        // A transaction that has begun is carried out, whether its caller waits for the answer or not.
        await request.Blocks.Actors.SaveStateAsync(actorType, actorId, operations, CancellationToken.None).ConfigureAwait(false);
        await ActorMessages.WriteNothingAsync(request).ConfigureAwait(false);
    }
}
