using Microsoft.Extensions.Logging;
using Tandem.Components.RabbitMq.Connection;
using Tandem.Components.RabbitMq.PubSub;

namespace Tandem.Components.RabbitMq;

/// <summary>The components that talk to RabbitMQ.</summary>
public static class RabbitMqComponents
{
    /// <summary>Registers them.</summary>
    public static void AddTo(ComponentCatalog catalog) => catalog.PubSubs.Add("rabbitmq", static context =>
    {
        var options = RabbitMqPubSubOptions.Parse(context.Metadata);
        var connection = new BrokerConnection(
            ServerOptions.Parse(context.Metadata), context.TimeProvider, context.LoggerFactory.CreateLogger<BrokerConnection>());
        return new RabbitMqPubSub(options, connection, context.TimeProvider, context.LoggerFactory.CreateLogger<RabbitMqPubSub>());
    });
}
