using Microsoft.Extensions.Logging;
using Tandem.Components.InMemory.PubSub;
using Tandem.Components.InMemory.State;

namespace Tandem.Components.InMemory;

/// <summary>The components that keep nothing: their data ends with the process.</summary>
public static class InMemoryComponents
{
    /// <summary>Registers them.</summary>
    public static void AddTo(ComponentCatalog catalog)
    {
        catalog.StateStores.Add("in-memory", static context => new InMemoryStateStore(context.TimeProvider));
        catalog.PubSubs.Add("in-memory", static context => new InMemoryPubSub(
            InMemoryPubSubOptions.Parse(context.Metadata), context.TimeProvider, context.LoggerFactory.CreateLogger<InMemoryPubSub>()));
    }
}
