using System.Text.Json;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Dapr.Actors.AspNetCore;

/// <summary>Answers the sidecar's calls of the app's actors.</summary>
internal sealed partial class ActorEndpointHandler(ActorRuntime runtime, ILogger logger)
{
    private const string Json = "application/json";

    public Task ConfigAsync(HttpContext context)
    {
        context.Response.ContentType = Json;
        return context.Response.Body.WriteAsync(ActorRuntimeConfiguration.Write(runtime.Options), context.RequestAborted).AsTask();
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (!TryFind(context, out var manager, out var actor) || manager.FindMethod(Route(context, "methodName")) is not { } method)
        {
            await NotFoundAsync(context);
            return;
        }

        ActorReentrancyContext.Current = context.Request.Headers[ActorReentrancyContext.Header] is [{ Length: > 0 } chain] ? chain : null;
        Task result;
        try
        {
            result = await manager.InvokeAsync(actor, method, Body(context), context.RequestAborted);
        }
        catch (Exception failure) when (IsTyped(context) && !context.RequestAborted.IsCancellationRequested)
        {
            // The method ran and threw: that is an answer. As an error of the app the sidecar would run the method again.
            Log.MethodFailed(logger, failure, method.Name, manager.Type.ActorTypeName, actor.GetId());
            await WriteErrorAsync(context, failure);
            return;
        }

        if (method.HasResult)
        {
            context.Response.ContentType = Json;
            await method.WriteResultAsync(result, context.Response.Body, manager.Json, context.RequestAborted);
        }
    }

    public async Task RemindAsync(HttpContext context)
    {
        if (TryFind(context, out var manager, out var actor))
        {
            await manager.FireReminderAsync(actor, Route(context, "reminderName"), context.Request.Body, context.RequestAborted);
        }
        else
        {
            await NotFoundAsync(context);
        }
    }

    public async Task FireAsync(HttpContext context)
    {
        if (TryFind(context, out var manager, out var actor))
        {
            await manager.FireTimerAsync(actor, context.Request.Body, context.RequestAborted);
        }
        else
        {
            await NotFoundAsync(context);
        }
    }

    public async Task DeactivateAsync(HttpContext context)
    {
        if (TryFind(context, out var manager, out var actor))
        {
            await manager.DeactivateAsync(actor);
        }
        else
        {
            await NotFoundAsync(context);
        }
    }

    private bool TryFind(HttpContext context, out ActorManager manager, out ActorId actor)
    {
        manager = runtime.Find(Route(context, "actorTypeName"))!;
        actor = new ActorId(Route(context, "actorId"));
        return manager is not null;
    }

    private static string Route(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private static bool IsTyped(HttpContext context) => context.Request.Headers.ContainsKey(ActorWire.RequestHeader);

    private static Stream? Body(HttpContext context)
        => context.Request.ContentLength == 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false ? null : context.Request.Body;

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsync($"There is no {context.Request.Path} here.", context.RequestAborted);
    }

    private static Task WriteErrorAsync(HttpContext context, Exception failure)
    {
        context.Response.Headers[ActorWire.ErrorHeader] = "true";
        context.Response.ContentType = ActorWire.ErrorContentType;
        return JsonSerializer.SerializeAsync(
            context.Response.Body,
            new ActorError(failure.Message, failure.GetType().FullName ?? failure.GetType().Name),
            ActorJson.Default.ActorError,
            context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(5201, LogLevel.Warning, "{Method} of the actor {ActorType}/{ActorId} failed")]
        public static partial void MethodFailed(ILogger logger, Exception exception, string method, string actorType, string actorId);
    }
}
