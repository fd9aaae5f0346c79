using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;
using Tandem.Components.State;

namespace Tandem.Runtime.State.Outbox;

/// <summary>Receives events from the internal topic, and publishes those whose transaction has committed.</summary>
internal sealed partial class OutboxRelay(
    OutboxSettings settings, IStateStore store, OutboxBroker publisher, OutboxTransactions transactions, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Longer than any transaction: an event that old, without a marker, was published before, or never will be.</summary>
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromMinutes(10);

    /// <summary>How long a transaction of another process is waited for: about ten seconds, as Dapr does.</summary>
    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)];

    /// <summary>The handler of the internal topic.</summary>
    public async ValueTask<MessageDisposition> HandleAsync(Message message, CancellationToken cancellationToken)
    {
        if (Read(message) is not { } cloudEvent || (string?)cloudEvent["id"] is not { Length: > 0 } marker)
        {
            Log.NoEvent(logger, message.Topic);
            return MessageDisposition.Done;
        }

        // 1. The transaction of this process ends; 2. its marker says whether it has committed, where this process does not know.
        var fate = await transactions.FateOfAsync(marker).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (fate is not OutboxFate.Committed && !await FindAsync(marker, fate, cancellationToken).ConfigureAwait(false))
        {
            return GiveUp(marker, fate);
        }

        // 3. The event is published; 4. the marker has done its work.
        cloudEvent["topic"] = settings.Topic;
        cloudEvent["pubsubname"] = settings.PubSubName;
        await publisher.PublishAsync([OutboxBroker.Request(settings.Topic, JsonSerializer.SerializeToUtf8Bytes(cloudEvent))], cancellationToken).ConfigureAwait(false);
        await ForgetAsync(marker).ConfigureAwait(false);
        return MessageDisposition.Done;
    }

    private static JsonObject? Read(Message message)
    {
        try
        {
            return JsonNode.Parse(message.Data.Span) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async ValueTask<bool> FindAsync(string marker, OutboxFate fate, CancellationToken cancellationToken)
    {
        // Old events belong to a transaction that has ended long ago; one look is enough for them, and for those known to be rolled back.
        var looks = fate is OutboxFate.RolledBack || IsOld(marker) ? 0 : Waits.Length;
        for (var look = 0; ; look++)
        {
            if (await store.GetAsync(marker, cancellationToken).ConfigureAwait(false) is not null)
            {
                return true;
            }

            if (look == looks)
            {
                return false;
            }

            await Task.Delay(Waits[look], timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private MessageDisposition GiveUp(string marker, OutboxFate fate)
    {
        if (fate is OutboxFate.RolledBack)
        {
            return MessageDisposition.Done;
        }

        if (settings.DiscardsWhenMissing || IsOld(marker))
        {
            Log.Discarded(logger, marker, settings.Topic);
            return MessageDisposition.Done;
        }

        Log.Waits(logger, marker, settings.Topic);
        return MessageDisposition.Retry;
    }

    private bool IsOld(string marker) => OutboxMarker.TimeOf(marker) is { } made && made + GivesUpAfter < timeProvider.GetUtcNow();

    private async ValueTask ForgetAsync(string marker)
    {
        try
        {
            await store.DeleteAsync(new StateDelete(marker), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The event is published: a second time would be worse than a few bytes that stay.
            Log.MarkerStays(logger, exception, marker);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2121, LogLevel.Error, "A message on the outbox's internal topic {Topic} is no CloudEvent with an id and is dropped")]
        public static partial void NoEvent(ILogger logger, string topic);

        [LoggerMessage(2122, LogLevel.Warning, "Event {Id} for topic {Topic} is discarded: its transaction is not in the state store")]
        public static partial void Discarded(ILogger logger, string id, string topic);

        [LoggerMessage(2123, LogLevel.Warning, "Event {Id} for topic {Topic} waits: its transaction is not in the state store yet")]
        public static partial void Waits(ILogger logger, string id, string topic);

        [LoggerMessage(2124, LogLevel.Warning, "Event {Id} was published; its marker could not be deleted from the state store")]
        public static partial void MarkerStays(ILogger logger, Exception exception, string id);
    }
}
