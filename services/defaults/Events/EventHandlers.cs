using System.Data.Common;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Contracts.Events;

namespace Tandem.ServiceDefaults;

/// <summary>Which handler takes which type of event of a topic.</summary>
public sealed class EventHandlers
{
    private readonly Dictionary<string, Invoke> _handlers = new(StringComparer.Ordinal);

    internal EventHandlers()
    {
    }

    internal delegate Task Invoke(IServiceProvider services, JsonElement data, EventMetadata metadata, DbTransaction tx, CancellationToken ct);

    /// <summary>Events of this type go to this handler, which is created for each event unless it is registered as a service.</summary>
    public EventHandlers Handle<TEvent, THandler>()
        where TEvent : IntegrationEvent
        where THandler : class, IEventHandler<TEvent>
    {
        _handlers.Add(typeof(TEvent).Name, static (services, data, metadata, tx, ct) =>
        {
            var e = data.Deserialize<TEvent>(ServiceJson.Options)
                ?? throw new JsonException($"The event {metadata.Id} of type {metadata.Type} has no data.");
            return ActivatorUtilities.GetServiceOrCreateInstance<THandler>(services).HandleAsync(e, metadata, tx, ct);
        });
        return this;
    }

    internal Invoke? Find(string type) => _handlers.GetValueOrDefault(type);
}
