using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Http.Actors;

/// <summary>
/// What sidecars of other processes ask: <c>PUT /actors/{type}/{id}/method/{method}</c> for an actor that is placed here,
/// <c>POST /actors/{type}/{id}/reminders/{name}/refresh</c> after they changed a reminder of such an actor, and
/// <c>POST /actors/{type}/{id}/release</c> for an actor that is placed with them now.
/// </summary>
internal static class ActorPeerEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        if (!segments.TryRead(out var actorType) || !segments.TryRead(out var actorId) || !segments.TryReadRaw(out var part))
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        if (part is "method" && HttpMethods.IsPut(request.Method) && segments.TryReadRaw(out var method) && segments.IsAtEnd)
        {
            return InvokeAsync(request, actorType, actorId, method.ToString());
        }

        if (part is "release" && HttpMethods.IsPost(request.Method) && segments.IsAtEnd)
        {
            return ReleaseAsync(request, actorType, actorId);
        }

        return part is "reminders" && HttpMethods.IsPost(request.Method) && segments.TryRead(out var name)
            && segments.TryReadRaw(out var action) && action is "refresh" && segments.IsAtEnd
            ? RefreshAsync(request, actorType, actorId, name)
            : ApiRouter.NotFoundAsync(request.Http);
    }

    private static async Task InvokeAsync(ApiRequest request, string actorType, string actorId, string method)
    {
        var call = await ActorMessages.ReadCallAsync(request, actorType, actorId, method).ConfigureAwait(false);
        var caller = request.Http.Request.Headers[Runtime.Actors.Invocation.ActorCall.CallerHeader];
        call = call with { IsFromPeer = true, CallerAppId = caller.Count == 1 ? caller[0] : null };
        await ActorMessages.WriteAsync(request, await request.Blocks.Actors.InvokeAsync(call, request.Aborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task ReleaseAsync(ApiRequest request, string actorType, string actorId)
    {
        await request.Blocks.Actors.ReleaseAsync(actorType, actorId, request.Aborted).ConfigureAwait(false);
        await ActorMessages.WriteNothingAsync(request).ConfigureAwait(false);
    }

    private static async Task RefreshAsync(ApiRequest request, string actorType, string actorId, string name)
    {
        if (await request.Blocks.Actors.RefreshReminderAsync(actorType, actorId, name, request.Aborted).ConfigureAwait(false))
        {
            await ActorMessages.WriteNothingAsync(request).ConfigureAwait(false);
        }
        else
        {
            await ApiRouter.NotFoundAsync(request.Http).ConfigureAwait(false);
        }
    }
}
