using Microsoft.Extensions.Logging;
using Tandem.Components.State;
using Tandem.Runtime.Components;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.State.Outbox;

/// <summary>The outboxes of a sidecar's state stores.</summary>
public sealed partial class StateOutboxes(SidecarOptions options, ComponentSet components, ResiliencyPolicies policies, TimeProvider timeProvider, ILoggerFactory loggerFactory)
    : IAsyncDisposable
{
    private readonly ILogger _logger = loggerFactory.CreateLogger<StateOutboxes>();
    private readonly SemaphoreSlim _changing = new(1);
    private volatile IReadOnlyDictionary<string, StateOutbox> _outboxes = new Dictionary<string, StateOutbox>();

    /// <summary>
    /// Follows the components: begins to relay for the stores whose metadata ask for an outbox, and ends it for those that are gone or changed.
    /// An outbox that cannot be is said to be missing, and its transactions are refused.
    /// </summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var before = _outboxes;
            var next = new Dictionary<string, StateOutbox>(StringComparer.Ordinal);
            foreach (var (store, _) in components.OfKind<IStateStore>().Where(static pair => pair.Component.State?.Outbox is not null))
            {
                var settings = store.State!.Outbox!;
                if (before.TryGetValue(store.Name, out var kept) && kept.IsFor(store, components.Find(settings.InternalPubSubName), components.Find(settings.PubSubName)))
                {
                    next.Add(store.Name, kept);
                }
                else if (await TryStartAsync(store, settings, cancellationToken).ConfigureAwait(false) is { } started)
                {
                    next.Add(store.Name, started);
                }
            }

            _outboxes = next;
            foreach (var gone in before.Values.Except(next.Values))
            {
                await gone.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var outbox in _outboxes.Values)
        {
            await outbox.DisposeAsync().ConfigureAwait(false);
        }

        _outboxes = new Dictionary<string, StateOutbox>();
        _changing.Dispose();
    }

    internal StateOutbox Find(string store)
        => _outboxes.TryGetValue(store, out var outbox)
            ? outbox
            : throw StateErrors.OutboxFailed(options.AppId, $"the outbox of '{store}' is not ready, as the log says");

    private async Task<StateOutbox?> TryStartAsync(LoadedComponent store, OutboxSettings settings, CancellationToken cancellationToken)
    {
        StateOutbox? outbox = null;
        try
        {
            var carrier = OutboxBroker.Find("outboxPubsub", settings.InternalPubSubName, components, policies);
            var publisher = OutboxBroker.Find("outboxPublishPubsub", settings.PubSubName, components, policies);
            outbox = new StateOutbox(options, store, carrier, publisher, timeProvider, _logger);
            await outbox.StartAsync(cancellationToken).ConfigureAwait(false);
            return outbox;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotReady(_logger, store.Name, exception.Message);
            if (outbox is not null)
            {
                await outbox.DisposeAsync().ConfigureAwait(false);
            }

            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2125, LogLevel.Error, "The outbox of state store {Store} is not ready, so that its transactions are refused: {Reason}")]
        public static partial void NotReady(ILogger logger, string store, string reason);
    }
}
