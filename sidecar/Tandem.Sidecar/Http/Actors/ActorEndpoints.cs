using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Http.Actors;

/// <summary>
/// <c>/v1.0/actors/{type}/{id}/method/{method}</c>, <c>…/state</c>, <c>…/state/{key}</c>, <c>…/timers/{name}</c> and <c>…/reminders/{name}</c>.
/// </summary>
internal static class ActorEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        if (request.IsAlpha || !segments.TryRead(out var actorType) || !segments.TryRead(out var actorId) || !segments.TryReadRaw(out var part))
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        return part switch
        {
            "method" => IsInvocation(request.Method) && segments.TryReadRaw(out var method) && segments.IsAtEnd
                ? InvokeAsync(request, actorType, actorId, method.ToString())
                : ApiRouter.NotFoundAsync(request.Http),
            "state" => segments.TryRead(out var key)
                ? ActorStateEndpoints.GetAsync(request, actorType, actorId, key, segments.IsAtEnd)
                : ActorStateEndpoints.SaveAsync(request, actorType, actorId),
            "timers" => segments.TryRead(out var timer) && segments.IsAtEnd
                ? ActorTimerEndpoints.HandleAsync(request, actorType, actorId, timer)
                : ApiRouter.NotFoundAsync(request.Http),
            "reminders" => segments.TryRead(out var reminder) && segments.IsAtEnd
                ? ActorReminderEndpoints.HandleAsync(request, actorType, actorId, reminder)
                : ApiRouter.NotFoundAsync(request.Http),
            _ => ApiRouter.NotFoundAsync(request.Http),
        };
    }

    private static bool IsInvocation(string method)
        => HttpMethods.IsPut(method) || HttpMethods.IsPost(method) || HttpMethods.IsGet(method) || HttpMethods.IsDelete(method);

    private static async Task InvokeAsync(ApiRequest request, string actorType, string actorId, string method)
    {
        var call = await ActorMessages.ReadCallAsync(request, actorType, actorId, method).ConfigureAwait(false);
        var answer = await request.Blocks.Actors.InvokeAsync(call with { CallerAppId = request.Sidecar.Options.AppId }, request.Aborted).ConfigureAwait(false);
        await ActorMessages.WriteAsync(request, answer).ConfigureAwait(false);
    }
}
