using System.Diagnostics;
using Tandem.Components.PubSub;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.PubSub.CloudEvents;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.PubSub;

/// <summary>The publishing half of the pub/sub building block.</summary>
public sealed class Publisher
{
    private const string RawPayload = "rawPayload";

    private readonly ComponentTable<Entry> _brokers;
    private readonly CloudEventWriter _events;
    private readonly string _appId;

    /// <summary>Takes the pub/sub components of a sidecar.</summary>
    public Publisher(SidecarOptions options, ComponentSet components, ResiliencyPolicies policies, TimeProvider timeProvider, SidecarMetrics? metrics = null)
    {
        _appId = options.AppId;
        _events = new CloudEventWriter(options.AppId, timeProvider);
        _brokers = components.TableOf<IPubSub, Entry>((component, broker) => new Entry(
            broker,
            new TopicScopes(component.Metadata, options.AppId),
            new OutboundPolicy(policies, component),
            metrics?.PubSub.Egress(component.Name)));
    }

    /// <summary>Publishes one event; a return means that the broker has it.</summary>
    public async ValueTask PublishAsync(OutgoingEvent outgoing, CancellationToken cancellationToken)
    {
        var entry = FindAllowed(outgoing.PubSubName, outgoing.Topic);
        var request = CreateRequest(outgoing);
        try
        {
            await entry.Policy.RunAsync(PublishOneAsync, (entry.Broker, request), cancellationToken, entry.Meters?[outgoing.Topic]).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException && !cancellationToken.IsCancellationRequested)
        {
            throw PubSubErrors.Failed(outgoing.PubSubName, outgoing.Topic, exception.Message, exception);
        }
    }

    /// <summary>Publishes several events to one topic; answers what could not be published, by its place in the list.</summary>
    public async ValueTask<IReadOnlyList<(int Index, string Problem)>> PublishManyAsync(IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return [];
        }

        var entry = FindAllowed(events[0].PubSubName, events[0].Topic);
        var began = entry.Meters is null ? 0 : Stopwatch.GetTimestamp();
        var failed = await PublishManyAsync(entry, events, cancellationToken).ConfigureAwait(false);
        entry.Meters?.RecordBulk(events[0].Topic, events.Count, failed.Count, began);
        return failed;
    }

    /// <summary>Fails as the API does when the component is unknown or the topic is not this app's to publish to.</summary>
    public void EnsureAllowed(string pubSubName, string topic) => FindAllowed(pubSubName, topic);

    /// <summary>Fails as the API does for a list of events that cannot be read.</summary>
    public DaprException BadEntries(string pubSubName, string problem) => PubSubErrors.BadEntries(pubSubName, _appId, problem);

    /// <summary>Fails as the API does when an entry of a list has no ID, or one that another has.</summary>
    /// <param name="known">The IDs before it; its own is added.</param>
    public void EnsureEntryId(string pubSubName, string? id, ISet<string> known)
    {
        if (string.IsNullOrEmpty(id) || !known.Add(id))
        {
            throw BadEntries(pubSubName, id is { Length: > 0 } ? $"entryId '{id}' is there twice" : "each entry needs an entryId");
        }
    }

    /// <summary>The error for events of which none could be published.</summary>
    public static DaprException NonePublished(string pubSubName, string topic, string problem) => PubSubErrors.Failed(pubSubName, topic, problem);

    private async ValueTask<IReadOnlyList<(int Index, string Problem)>> PublishManyAsync(Entry entry, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        var requests = events.Select(CreateRequest).ToList();
        if (entry.Broker is IBulkPublisher bulk)
        {
            try
            {
                await entry.Policy.RunAsync(PublishAllAsync, (bulk, requests), cancellationToken).ConfigureAwait(false);
                return [];
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                return [.. Enumerable.Range(0, events.Count).Select(index => (index, exception.Message))];
            }
        }

        var failed = new List<(int, string)>();
        for (var i = 0; i < requests.Count; i++)
        {
            try
            {
                await entry.Policy.RunAsync(PublishOneAsync, (entry.Broker, requests[i]), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failed.Add((i, exception.Message));
            }
        }

        return failed;
    }

    private static async ValueTask<bool> PublishOneAsync((IPubSub Broker, PublishRequest Request) argument, CancellationToken cancellationToken)
    {
        await argument.Broker.PublishAsync(argument.Request, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static async ValueTask<bool> PublishAllAsync((IBulkPublisher Broker, List<PublishRequest> Requests) argument, CancellationToken cancellationToken)
    {
        await argument.Broker.PublishManyAsync(argument.Requests, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private PublishRequest CreateRequest(OutgoingEvent outgoing)
    {
        if (outgoing.Metadata.TryGetValue(RawPayload, out var raw) && ParseRaw(raw, outgoing.PubSubName))
        {
            return new PublishRequest(outgoing.Topic, outgoing.Data, outgoing.ContentType, outgoing.Metadata);
        }

        try
        {
            return new PublishRequest(outgoing.Topic, _events.Write(outgoing), CloudEventWriter.CloudEventsType, outgoing.Metadata);
        }
        catch (FormatException exception)
        {
            throw PubSubErrors.BadCloudEvent(outgoing.PubSubName, _appId, exception);
        }
    }

    private Entry FindAllowed(string pubSubName, string topic)
    {
        if (!_brokers.TryGet(pubSubName, out var entry))
        {
            throw _brokers.IsEmpty ? PubSubErrors.NotConfigured(_appId)
                : pubSubName.Length == 0 ? PubSubErrors.NameEmpty()
                : PubSubErrors.NotFound(pubSubName);
        }

        if (topic.Length == 0)
        {
            throw PubSubErrors.TopicEmpty(pubSubName);
        }

        return entry.Scopes.MayPublish(topic) ? entry : throw PubSubErrors.Forbidden(pubSubName, topic, _appId);
    }

    internal static bool IsRaw(IReadOnlyDictionary<string, string> metadata)
        => metadata.TryGetValue(RawPayload, out var raw) && bool.TryParse(raw, out var value) && value;

    private static bool ParseRaw(string text, string pubSubName) => text.ToUpperInvariant() switch
    {
        "TRUE" or "T" or "1" => true,
        "FALSE" or "F" or "0" or "" => false,
        _ => throw PubSubErrors.BadMetadata(pubSubName, $"{RawPayload} is '{text}', which is neither true nor false"),
    };

    private sealed record Entry(IPubSub Broker, TopicScopes Scopes, OutboundPolicy Policy, EgressMeters? Meters);
}
