using Microsoft.Extensions.Logging;
using Tandem.Components.Kafka.Bindings;
using Tandem.Components.Kafka.Client;
using Tandem.Components.Kafka.PubSub;

namespace Tandem.Components.Kafka;

/// <summary>The components that talk to Apache Kafka.</summary>
public static class KafkaComponents
{
    /// <summary>Registers them.</summary>
    public static void AddTo(ComponentCatalog catalog)
    {
        catalog.PubSubs.Add("kafka", static context => new KafkaPubSub(
            ClientFor(context, retriesByDefault: true), context.LoggerFactory.CreateLogger<KafkaPubSub>()));
        catalog.Bindings.Add("kafka", static context => new KafkaBinding(
            KafkaBindingOptions.Parse(context), ClientFor(context, retriesByDefault: false), context.LoggerFactory.CreateLogger<KafkaBinding>()));
    }

    private static KafkaClient ClientFor(ComponentContext context, bool retriesByDefault)
        => new(KafkaOptions.Parse(context, retriesByDefault), context.TimeProvider, context.LoggerFactory.CreateLogger<KafkaClient>());
}
