using System.Text.Json;

namespace Dapr.Actors.Runtime;

/// <summary>Runs the turns of the actors of one type.</summary>
internal sealed class ActorManager(ActorRegistration registration, ActiveActors actors, JsonSerializerOptions json)
{
    public ActorTypeInformation Type => registration.Type;

    public JsonSerializerOptions Json => json;

    public HostedMethod? FindMethod(string name) => Type.Methods.Find(name);

    /// <summary>Runs a method in a turn. The task that comes back has ended, and holds the result.</summary>
    public async Task<Task> InvokeAsync(ActorId id, HostedMethod method, Stream? body, CancellationToken cancellationToken)
    {
        var args = await method.ReadArgumentsAsync(body, json, cancellationToken).ConfigureAwait(false);
        Task? result = null;
        await TurnAsync(id, new ActorMethodContext(method.Name, ActorCallType.ActorInterfaceMethod), actor => result = method.Invoke(actor, args)).ConfigureAwait(false);
        return result!;
    }

    public async Task FireTimerAsync(ActorId id, Stream body, CancellationToken cancellationToken)
    {
        var call = await ReadAsync(body, cancellationToken).ConfigureAwait(false);
        if (call.Callback is not { Length: > 0 } name)
        {
            throw new ArgumentException($"A timer of {Type.ActorTypeName}/{id} names no callback.", nameof(body));
        }

        var callback = Type.Callbacks.Find(name);
        await TurnAsync(id, new ActorMethodContext(name, ActorCallType.TimerMethod), actor => callback.Invoke(actor, call.Data)).ConfigureAwait(false);
    }

    public async Task FireReminderAsync(ActorId id, string reminderName, Stream body, CancellationToken cancellationToken)
    {
        if (!Type.IsRemindable)
        {
            throw new InvalidOperationException($"The actor type {Type.ActorTypeName} got the reminder {reminderName}, but its class does not implement {nameof(IRemindable)}.");
        }

        var call = await ReadAsync(body, cancellationToken).ConfigureAwait(false);
        await TurnAsync(
            id,
            new ActorMethodContext(reminderName, ActorCallType.ReminderMethod),
            actor => ((IRemindable)actor).ReceiveReminderAsync(reminderName, call.Data, call.DueTime, call.Period)).ConfigureAwait(false);
    }

    public Task<bool> DeactivateAsync(ActorId id) => actors.RemoveAsync(id);

    private async Task TurnAsync(ActorId id, ActorMethodContext context, Func<Actor, Task> method)
    {
        var actor = await actors.GetAsync(id).ConfigureAwait(false);
        if (ActorReentrancyContext.Current is not null && actor.StateManager is ActorStateManager state)
        {
            state.BeginOwnContext();
        }

        try
        {
            await actor.PreMethodAsync(context).ConfigureAwait(false);
            await method(actor).ConfigureAwait(false);
            await actor.PostMethodAsync(context).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await actor.MethodFailedAsync(context, failure).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<ScheduledCall> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken).ConfigureAwait(false);
        return document.RootElement.ValueKind == JsonValueKind.Object ? ScheduledCall.Read(document.RootElement) : new ScheduledCall(null, [], DaprDuration.Never, DaprDuration.Never);
    }
}
