using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tandem.Components.Configuration;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.AppConfiguration;

/// <summary>The configuration building block: settings that the app reads, and changes that it wants to hear of.</summary>
public sealed class AppSettings : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SettingsSubscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly ComponentTable<Entry> _stores;
    private readonly IAppChannel _app;

    /// <summary>Takes the configuration stores of a sidecar.</summary>
    public AppSettings(ComponentSet components, ResiliencyPolicies policies, IAppChannel app, TimeProvider timeProvider, ILogger<AppSettings> logger, SidecarMetrics? metrics = null)
    {
        _app = app;
        _stores = components.TableOf<IConfigurationStore, Entry>((component, store) => new Entry(
            store,
            new OutboundPolicy(policies, component),
            metrics?.Configuration.For(component.Name),
            new SettingsDelivery(component.Name, app, policies.Find(TargetKind.ComponentInbound, component.Name), timeProvider, logger)));
    }

    /// <summary>How many subscriptions run.</summary>
    internal int SubscriptionCount => _subscriptions.Count;

    /// <summary>Settings by key, all of the store for no key; what is not there is left out.</summary>
    public async ValueTask<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(string storeName, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        try
        {
            return await entry.Policy.RunAsync(static (argument, token) => argument.entry.Store.GetAsync(argument.keys, token), (entry, keys), cancellationToken, entry.Meters?["get"]).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException and not OperationCanceledException)
        {
            throw SettingsErrors.GetFailed(storeName, exception);
        }
    }

    /// <summary>Delivers changes of these keys, of any for none, to the app from now on; answers the subscription's ID.</summary>
    public async ValueTask<string> SubscribeAsync(string storeName, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        if (!_app.IsConfigured)
        {
            throw SettingsErrors.NoApp();
        }

        var id = Guid.NewGuid().ToString();
        await SubscribeAsync(storeName, entry, id, keys, (key, item, token) => entry.Delivery.DeliverAsync(id, key, item, token), cancellationToken).ConfigureAwait(false);
        return id;
    }

    /// <summary>Tells the handler of changes of these keys, of any for none, in order, until the subscription is disposed or unsubscribed.</summary>
    public ValueTask<SettingsSubscription> ListenAsync(string storeName, IReadOnlyList<string> keys, ConfigurationHandler handler, CancellationToken cancellationToken)
        => SubscribeAsync(storeName, Find(storeName), Guid.NewGuid().ToString(), keys, handler, cancellationToken);

    /// <summary>Ends a subscription.</summary>
    /// <returns>Why it could not be ended; <see langword="null"/> when it is.</returns>
    public ValueTask<string?> UnsubscribeAsync(string storeName, string id)
    {
        Find(storeName);
        return _subscriptions.TryGetValue(id, out var subscription) && subscription.StoreName == storeName
            ? UnsubscribeAsync(id)
            : ValueTask.FromResult<string?>(SettingsErrors.NoSubscription(id));
    }

    /// <summary>Ends a subscription, whichever store it is of.</summary>
    /// <returns>Why it could not be ended; <see langword="null"/> when it is.</returns>
    public async ValueTask<string?> UnsubscribeAsync(string id)
    {
        if (!_subscriptions.TryRemove(id, out var subscription))
        {
            return SettingsErrors.NoSubscription(id);
        }

        await subscription.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var key in _subscriptions.Keys)
        {
            if (_subscriptions.TryRemove(key, out var subscription))
            {
                await subscription.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<SettingsSubscription> SubscribeAsync(
        string storeName, Entry entry, string id, IReadOnlyList<string> keys, ConfigurationHandler handler, CancellationToken cancellationToken)
    {
        try
        {
            return _subscriptions[id] = new SettingsSubscription(storeName, id, await entry.Store.SubscribeAsync(keys, handler, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw SettingsErrors.SubscribeFailed(storeName, exception);
        }
    }

    private Entry Find(string storeName)
    {
        if (_stores.TryGet(storeName, out var entry))
        {
            return entry;
        }

        throw _stores.IsEmpty ? SettingsErrors.NotConfigured() : SettingsErrors.NotFound(storeName);
    }

    private sealed record Entry(IConfigurationStore Store, OutboundPolicy Policy, ComponentMeters? Meters, SettingsDelivery Delivery);
}
