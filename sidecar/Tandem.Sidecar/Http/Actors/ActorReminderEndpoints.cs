using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Actors;

namespace Tandem.Sidecar.Http.Actors;

/// <summary><c>POST</c>, <c>GET</c> and <c>DELETE …/reminders/{name}</c></summary>
internal static class ActorReminderEndpoints
{
    public static async Task HandleAsync(ApiRequest request, string actorType, string actorId, string name)
    {
        var actors = request.Blocks.Actors;
        if (request.IsPostOrPut)
        {
            var reminder = await ActorMessages.ReadJsonAsync(request, ActorJson.Default.ReminderRequest).ConfigureAwait(false);
            await actors.CreateReminderAsync(actorType, actorId, name, reminder, CancellationToken.None).ConfigureAwait(false);
            await ActorMessages.WriteNothingAsync(request).ConfigureAwait(false);
        }
        else if (HttpMethods.IsDelete(request.Method))
        {
            await actors.DeleteReminderAsync(actorType, actorId, name, CancellationToken.None).ConfigureAwait(false);
            await ActorMessages.WriteNothingAsync(request).ConfigureAwait(false);
        }
        else if (HttpMethods.IsGet(request.Method))
        {
            var reminder = await actors.GetReminderAsync(actorType, actorId, name, request.Aborted).ConfigureAwait(false);
            await ActorMessages.WriteJsonAsync(request, JsonSerializer.SerializeToUtf8Bytes(reminder, ActorJson.Default.ReminderResponse)).ConfigureAwait(false);
        }
        else
        {
            await ApiRouter.NotFoundAsync(request.Http).ConfigureAwait(false);
        }
    }
}
