using System.Diagnostics;
using System.Text.Json;
using Dapr.Client;
using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary>Publishes a basket's event under the id that it got when it was made.</summary>
internal sealed class BasketPublisher(DaprClient dapr)
{
    public async Task PublishAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        var happened = pending.ToEvent();

        // A reminder's turn publishes; the event belongs to the trace of the change that made it.
        using var activity = Causes.Continue($"publish {pending.Type}", ActivityKind.Producer, pending.Cause);
        await dapr.PublishByteEventAsync(
            Contracts.Events.Topics.PubSub,
            happened.Topic,
            JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), ServiceJson.Options),
            "application/json",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["cloudevent.id"] = pending.Id,
                ["cloudevent.type"] = pending.Type,
                ["cloudevent.subject"] = happened.Subject,
                ["partitionKey"] = happened.Subject,
            },
            cancellationToken);
    }
}
