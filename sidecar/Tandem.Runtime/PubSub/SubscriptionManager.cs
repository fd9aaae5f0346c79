using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Components;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.PubSub.Streaming;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.PubSub;

/// <summary>
/// The subscribing half of the pub/sub building block: what resources declare and what the app asks for. A subscription goes on while
/// the app is away (its deliveries wait), and is replaced only when the app that comes back asks for something else.
/// </summary>
public sealed partial class SubscriptionManager(
    SidecarOptions options,
    ComponentSet components,
    ResiliencyPolicies policies,
    IReadOnlyList<SubscriptionResource> declared,
    IAppChannel app,
    TimeProvider timeProvider,
    ILoggerFactory loggerFactory,
    SidecarMetrics? metrics = null) : IAsyncDisposable
{
    private const string Declarative = "DECLARATIVE";

    private readonly ILogger _logger = loggerFactory.CreateLogger<SubscriptionManager>();
    private readonly RunningDeliveries<Running> _running = new();
    private readonly HashSet<(string Problem, string About)> _said = [];
    private IReadOnlyList<SubscriptionResource> _declared = declared;
    private volatile IReadOnlyList<(SubscriptionResource Subscription, string Type)> _active = [];

    /// <summary>The subscriptions that run, each with how it was asked for: DECLARATIVE, PROGRAMMATIC or STREAMING.</summary>
    public IReadOnlyList<(SubscriptionResource Subscription, string Type)> Active
        => [.. _active, .. Streaming.Active.Select(static resource => (resource, "STREAMING"))];

    /// <summary>The subscriptions that the app asks for by opening a stream.</summary>
    public StreamingSubscriptions Streaming { get; } = new(options, components, policies, timeProvider, loggerFactory, metrics);

    /// <summary>Whether there is anything to subscribe to.</summary>
    public bool IsNeeded => components.OfKind<IPubSub>().Any();

    /// <summary>The app is up and asked for these: starts what is new, ends what is no longer wanted.</summary>
    /// <param name="programmatic"><see langword="null"/> when the app has not said what it wants: then what runs goes on.</param>
    /// <returns>Whether all that could ever run does; if not, call this again later.</returns>
    public Task<bool> ApplyAsync(IReadOnlyList<SubscriptionResource>? programmatic, CancellationToken cancellationToken) => ChangeAsync(
        async running =>
        {
            var wanted = Select(programmatic ?? []);
            if (programmatic is not null)
            {
                await RunningDeliveries<Running>.EndAsync(running, (key, _) => !wanted.ContainsKey(key)).ConfigureAwait(false);
            }

            var isWhole = true;
            foreach (var (key, (subscription, type)) in wanted)
            {
                if (!running.ContainsKey(key) && FindBroker(subscription) is var (component, broker))
                {
                    isWhole &= await StartAsync(running, subscription, type, component, broker, cancellationToken).ConfigureAwait(false);
                }
            }

            return isWhole;
        },
        cancellationToken);

    /// <summary>
    /// Other subscriptions are declared, or components have changed: ends what is no longer declared or reads from a component that is
    /// gone. What takes its place starts with the next <see cref="ApplyAsync"/>.
    /// </summary>
    public Task ReloadAsync(IReadOnlyList<SubscriptionResource> nowDeclared, CancellationToken cancellationToken) => ChangeAsync(
        async running =>
        {
            await Streaming.EndGoneAsync().ConfigureAwait(false);
            _declared = nowDeclared;
            var wanted = Select([]);
            await RunningDeliveries<Running>.EndAsync(
                running,
                (key, delivery) => (delivery.Type is Declarative && !wanted.ContainsKey(key)) || components.Find(delivery.Component.Name) != delivery.Component).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_running.DisposeAsync().AsTask(), Streaming.DisposeAsync().AsTask()).ConfigureAwait(false);
        _active = [];
    }

    private Task<bool> ChangeAsync(Func<Dictionary<string, Running>, Task<bool>> change, CancellationToken cancellationToken) => _running.ChangeAsync(
        async running =>
        {
            try
            {
                return await change(running).ConfigureAwait(false);
            }
            finally
            {
                _active = [.. running.Values.Select(static delivery => (delivery.Subscription.Resource, delivery.Type))];
            }
        },
        cancellationToken);

    /// <summary>One subscription for each topic; where a resource and the app ask for the same topic, the resource wins.</summary>
    private Dictionary<string, (Subscription Subscription, string Type)> Select(IReadOnlyList<SubscriptionResource> programmatic)
    {
        var topics = new HashSet<(string, string)>();
        var wanted = new Dictionary<string, (Subscription, string)>(StringComparer.Ordinal);
        foreach (var (resource, type) in _declared.Select(static resource => (resource, Declarative)).Concat(programmatic.Select(static resource => (resource, "PROGRAMMATIC"))))
        {
            try
            {
                var subscription = new Subscription(resource, app.Callbacks.NeedsRoutes);
                if (topics.Add((resource.PubSubName, resource.Topic)))
                {
                    wanted.TryAdd(subscription.Key, (subscription, type));
                }
                else if (_said.Add((nameof(Log.Twice), subscription.Key)))
                {
                    Log.Twice(_logger, resource.PubSubName, resource.Topic);
                }
            }
            catch (FormatException exception)
            {
                if (_said.Add((nameof(Log.BadRule), $"{resource.PubSubName}/{resource.Topic}: {exception.Message}")))
                {
                    Log.BadRule(_logger, resource.PubSubName, resource.Topic, exception.Message);
                }
            }
        }

        return wanted;
    }

    /// <summary>The component, if there is one and it may be subscribed to. No later try would find another, so it is said once.</summary>
    private (LoadedComponent Component, IPubSub Broker)? FindBroker(Subscription subscription)
    {
        var resource = subscription.Resource;
        var component = components.Find(resource.PubSubName);
        if (component?.Instance is not IPubSub broker)
        {
            if (_said.Add((nameof(Log.NoBroker), subscription.Key)))
            {
                Log.NoBroker(_logger, resource.Topic, resource.PubSubName);
            }

            return null;
        }

        if (!new TopicScopes(component.Metadata, options.AppId).MaySubscribe(resource.Topic))
        {
            if (_said.Add((nameof(Log.NotAllowed), subscription.Key)))
            {
                Log.NotAllowed(_logger, resource.PubSubName, resource.Topic);
            }

            return null;
        }

        return (component, broker);
    }

    private async Task<bool> StartAsync(
        Dictionary<string, Running> running, Subscription subscription, string type, LoadedComponent component, IPubSub broker, CancellationToken cancellationToken)
    {
        var resource = subscription.Resource;
        var meter = metrics?.PubSub.Ingress(resource.PubSubName, resource.Topic);
        IEventSender sender = resource.BulkSubscribe is { } bulk
            ? new BulkEventSender(app, resource, bulk, timeProvider, meter) { NumbersEntries = broker is IBulkSubscriber }
            : new EventSender(app, resource);
        var delivery = new EventDelivery(
            subscription,
            broker,
            app,
            sender,
            policies.Find(TargetKind.ComponentInbound, resource.PubSubName, component.Resource.Type),
            timeProvider,
            loggerFactory.CreateLogger<EventDelivery>(),
            resource.BulkSubscribe is null ? meter : null,
            metrics?.PubSub.Egress(resource.PubSubName));
        try
        {
            var request = new SubscribeRequest(resource.Topic, ConsumerGroups.Of(component, options), resource.Metadata)
            {
                AtOnce = Math.Max(1, resource.BulkSubscribe?.MaxMessagesCount ?? 1),
            };
            var handle = await broker.SubscribeAsync(request, delivery.HandleAsync, cancellationToken).ConfigureAwait(false);
            running.Add(subscription.Key, new Running(subscription, type, component, handle, sender as IAsyncDisposable));
            _said.Remove((nameof(Log.Failed), subscription.Key));
            Log.Subscribed(_logger, resource.PubSubName, resource.Topic, type);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (sender is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync().ConfigureAwait(false);
            }

            if (_said.Add((nameof(Log.Failed), subscription.Key)))
            {
                Log.Failed(_logger, exception, resource.PubSubName, resource.Topic);
            }

            return false;
        }
    }

    private sealed record Running(Subscription Subscription, string Type, LoadedComponent Component, IAsyncDisposable Handle, IAsyncDisposable? Sender) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Handle.DisposeAsync().ConfigureAwait(false);
            if (Sender is not null)
            {
                await Sender.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2111, LogLevel.Information, "subscribed to {PubSubName}/{Topic} ({Type})")]
        public static partial void Subscribed(ILogger logger, string pubSubName, string topic, string type);

        [LoggerMessage(2112, LogLevel.Error, "cannot subscribe to topic {Topic}: there is no pub/sub component {PubSubName}")]
        public static partial void NoBroker(ILogger logger, string topic, string pubSubName);

        [LoggerMessage(2113, LogLevel.Error, "subscription to {PubSubName}/{Topic} is not allowed by the component's scopes")]
        public static partial void NotAllowed(ILogger logger, string pubSubName, string topic);

        [LoggerMessage(2114, LogLevel.Error, "subscribing to {PubSubName}/{Topic} failed; it is tried again until it succeeds")]
        public static partial void Failed(ILogger logger, Exception exception, string pubSubName, string topic);

        [LoggerMessage(2115, LogLevel.Error, "subscription to {PubSubName}/{Topic} has a rule that cannot be read: {Problem}")]
        public static partial void BadRule(ILogger logger, string pubSubName, string topic, string problem);

        [LoggerMessage(2116, LogLevel.Warning, "subscription to {PubSubName}/{Topic} is there twice; the first one counts")]
        public static partial void Twice(ILogger logger, string pubSubName, string topic);
    }
}
