using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.PubSub.Streaming;

/// <summary>
/// The subscriptions that the app asks for by opening a stream. Any number may be for the same topic, and beside those that are declared:
/// they share its events as members of one consumer group.
/// </summary>
public sealed partial class StreamingSubscriptions(
    SidecarOptions options,
    ComponentSet components,
    ResiliencyPolicies policies,
    TimeProvider timeProvider,
    ILoggerFactory loggerFactory,
    SidecarMetrics? metrics = null) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<StreamingSubscription, Running> _running = new();
    private readonly ILogger _logger = loggerFactory.CreateLogger<StreamingSubscriptions>();
    private volatile bool _hasStopped;

    /// <summary>What is subscribed to at the moment.</summary>
    public IEnumerable<SubscriptionResource> Active => _running.Values.Select(static running => running.Resource);

    /// <summary>Begins to deliver a topic.</summary>
    /// <param name="pubSubName">The pub/sub component.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="metadata">Settings for the component, among them <c>rawPayload</c>.</param>
    /// <param name="deadLetterTopic">Where events go that cannot be delivered; <see langword="null"/> for nowhere.</param>
    /// <param name="write">Writes an event to the stream.</param>
    /// <param name="cancellationToken">Ends the attempt to subscribe.</param>
    /// <exception cref="DaprException">There is no such component, the topic is not this app's, or the broker refuses.</exception>
    public async Task<StreamingSubscription> StartAsync(
        string pubSubName, string topic, IReadOnlyDictionary<string, string> metadata, string? deadLetterTopic, TopicEventWriter write, CancellationToken cancellationToken)
    {
        var (component, broker) = Find(pubSubName, topic);
        var resource = new SubscriptionResource
        {
            Id = new ResourceId("the app's stream", 0, "Subscription", topic),
            PubSubName = pubSubName,
            Topic = topic,
            Metadata = metadata,
            DeadLetterTopic = deadLetterTopic,
            DefaultRoute = "/",
        };
        var sender = new StreamSender(resource, write, _logger);
        var delivery = new EventDelivery(
            new Subscription(resource),
            broker,
            app: null,
            sender,
            policies.Find(TargetKind.ComponentInbound, pubSubName, component.Resource.Type),
            timeProvider,
            loggerFactory.CreateLogger<EventDelivery>(),
            metrics?.PubSub.Ingress(pubSubName, topic),
            metrics?.PubSub.Egress(pubSubName));
        IAsyncDisposable handle;
        try
        {
            handle = await broker.SubscribeAsync(new SubscribeRequest(topic, ConsumerGroups.Of(component, options), metadata), delivery.HandleAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException && !cancellationToken.IsCancellationRequested)
        {
            throw PubSubErrors.SubscribeFailed(pubSubName, topic, exception);
        }

        var subscription = new StreamingSubscription(sender, RemoveAsync);
        _running[subscription] = new Running(resource, component, handle);
        Log.Subscribed(_logger, pubSubName, topic);
        if (_hasStopped)
        {
            await EndAsync(subscription).ConfigureAwait(false);
        }

        return subscription;
    }

    /// <summary>Ends the subscriptions to components that are gone or were replaced: the app opens its stream anew.</summary>
    internal Task EndGoneAsync()
        => Task.WhenAll(_running.Where(pair => components.Find(pair.Value.Component.Name) != pair.Value.Component).Select(pair => EndAsync(pair.Key)));

    /// <summary>Ends all. What the app is at may yet be answered for a while.</summary>
    public async ValueTask DisposeAsync()
    {
        _hasStopped = true;
        await Task.WhenAll(_running.Keys.Select(EndAsync)).ConfigureAwait(false);
    }

    private async Task EndAsync(StreamingSubscription subscription)
    {
        if (_running.TryRemove(subscription, out var running))
        {
            var ending = running.Handle.DisposeAsync().AsTask();
            await Task.WhenAny(ending, Task.Delay(options.GracefulShutdown / 2, timeProvider)).ConfigureAwait(false);
            subscription.End();
            await ending.ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(StreamingSubscription subscription)
    {
        if (_running.TryRemove(subscription, out var running))
        {
            await running.Handle.DisposeAsync().ConfigureAwait(false);
            Log.Unsubscribed(_logger, running.Resource.PubSubName, running.Resource.Topic);
        }
    }

    private (LoadedComponent Component, IPubSub Broker) Find(string pubSubName, string topic)
    {
        if (components.Find(pubSubName) is not { Instance: IPubSub broker } component)
        {
            throw components.OfKind<IPubSub>().Any() ? PubSubErrors.NotFound(pubSubName) : PubSubErrors.NotConfigured(options.AppId);
        }

        return new TopicScopes(component.Metadata, options.AppId).MaySubscribe(topic)
            ? (component, broker)
            : throw PubSubErrors.SubscriptionForbidden(pubSubName, topic, options.AppId);
    }

    private sealed record Running(SubscriptionResource Resource, LoadedComponent Component, IAsyncDisposable Handle);

    private static partial class Log
    {
        [LoggerMessage(2122, LogLevel.Information, "subscribed to {PubSubName}/{Topic} (STREAMING)")]
        public static partial void Subscribed(ILogger logger, string pubSubName, string topic);

        [LoggerMessage(2123, LogLevel.Information, "the app's stream of {PubSubName}/{Topic} has ended")]
        public static partial void Unsubscribed(ILogger logger, string pubSubName, string topic);
    }
}
