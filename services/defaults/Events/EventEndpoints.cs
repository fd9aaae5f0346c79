using System.Text.Json;
using Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tandem.Contracts.Events;

namespace Tandem.ServiceDefaults;

/// <summary>Subscribes a service to topics.</summary>
public static partial class EventEndpoints
{
    internal const string Prefix = "/events";

    /// <summary>
    /// Subscribes to a topic at <c>POST /events/{topic}</c>, with its dead-letter topic. Each event is handled once, whatever the number of its
    /// deliveries; types without a handler are acknowledged.
    /// </summary>
    /// <param name="routes">The service's routes.</param>
    /// <param name="topic">One of <see cref="Topics"/>.</param>
    /// <param name="configure">Names the handlers.</param>
    public static IEndpointConventionBuilder MapEvents(this IEndpointRouteBuilder routes, string topic, Action<EventHandlers> configure)
    {
        var handlers = new EventHandlers();
        configure(handlers);
        return routes
            .MapPost($"{Prefix}/{topic}", (Delegate)((HttpContext context) => ReceiveAsync(context, topic, handlers)))
            .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = topic, DeadLetterTopic = $"{topic}-dead" })
            .RequireAuthorization(Policies.Sidecar)
            .ExcludeFromDescription();
    }

    private static async Task<IResult> ReceiveAsync(HttpContext context, string topic, EventHandlers handlers)
    {
        var services = context.RequestServices;
        var logger = services.GetRequiredService<ILogger<EventHandlers>>();
        using var envelope = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        if (!CloudEventReader.TryRead(envelope.RootElement, services.GetRequiredService<TimeProvider>(), out var metadata, out var data))
        {
            return Problems.Validation("body", "Expected a CloudEvent with id, type and JSON data.");
        }

        if (handlers.Find(metadata.Type) is not { } handle)
        {
            MessagingMetrics.Received(topic, metadata.Type, "ignored");
            return TypedResults.Ok();
        }

        var inbox = services.GetRequiredService<Inbox>();
        var isNew = await services.GetRequiredService<Database>().WriteAsync(
            async tx =>
            {
                if (!await inbox.TryAddAsync(tx, metadata.Id, context.RequestAborted))
                {
                    return false;
                }

                await handle(services, data, metadata, tx, context.RequestAborted);
                return true;
            },
            context.RequestAborted);
        MessagingMetrics.Received(topic, metadata.Type, isNew ? "handled" : "duplicate");
        if (isNew)
        {
            Log.Handled(logger, metadata.Type, metadata.Id, topic);
        }
        else
        {
            Log.SeenBefore(logger, metadata.Type, metadata.Id, topic);
        }

        return TypedResults.Ok();
    }

    private static partial class Log
    {
        [LoggerMessage(5140, LogLevel.Debug, "{Type} {EventId} of {Topic} handled")]
        public static partial void Handled(ILogger logger, string type, string eventId, string topic);

        [LoggerMessage(5141, LogLevel.Debug, "{Type} {EventId} of {Topic} was handled before")]
        public static partial void SeenBefore(ILogger logger, string type, string eventId, string topic);
    }
}
