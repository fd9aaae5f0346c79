using Tandem.Components.PubSub;
using Tandem.Runtime.Components;
using Tandem.Runtime.PubSub.CloudEvents;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.State.Outbox;

/// <summary>A pub/sub component as an outbox uses it.</summary>
internal sealed class OutboxBroker(LoadedComponent component, IPubSub broker, OutboundPolicy policy)
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    public LoadedComponent Component => component;

    public IPubSub Broker => broker;

    /// <summary>Finds the component that a field of the state store names.</summary>
    /// <exception cref="ComponentFaultException">There is none.</exception>
    public static OutboxBroker Find(string field, string name, ComponentSet components, ResiliencyPolicies policies)
    {
        return components.Find(name) is { Instance: IPubSub broker } component
            ? new OutboxBroker(component, broker, new OutboundPolicy(policies, component))
            : throw new ComponentFaultException($"spec.metadata {field} names '{name}', which is no pub/sub component of this app");
    }

    /// <summary>A CloudEvent on its way to a topic.</summary>
    public static PublishRequest Request(string topic, ReadOnlyMemory<byte> cloudEvent) => new(topic, cloudEvent, CloudEventWriter.CloudEventsType, NoMetadata);

    /// <summary>Publishes all messages; they are for one topic.</summary>
    public async ValueTask PublishAsync(IReadOnlyList<PublishRequest> requests, CancellationToken cancellationToken)
        => await policy.RunAsync(
            static async (argument, token) =>
            {
                if (argument.broker is IBulkPublisher bulk)
                {
                    await bulk.PublishManyAsync(argument.requests, token).ConfigureAwait(false);
                    return true;
                }

                foreach (var request in argument.requests)
                {
                    await argument.broker.PublishAsync(request, token).ConfigureAwait(false);
                }

                return true;
            },
            (broker, requests),
            cancellationToken).ConfigureAwait(false);
}
