using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Actors;

namespace Tandem.Sidecar.Http.Actors;

/// <summary><c>POST …/timers/{name}</c> and <c>DELETE …/timers/{name}</c></summary>
internal static class ActorTimerEndpoints
{
    public static async Task HandleAsync(ApiRequest request, string actorType, string actorId, string name)
    {
        var actors = request.Blocks.Actors;
        if (request.IsPostOrPut)
        {
            var timer = await ActorMessages.ReadJsonAsync(request, ActorJson.Default.TimerRequest).ConfigureAwait(false);
            actors.CreateTimer(actorType, actorId, name, timer);
        }
        else if (HttpMethods.IsDelete(request.Method))
        {
            actors.DeleteTimer(actorType, actorId, name);
        }
        else
        {
            await ApiRouter.NotFoundAsync(request.Http).ConfigureAwait(false);
            return;
        }

        await ActorMessages.WriteNothingAsync(request).ConfigureAwait(false);
    }
}
