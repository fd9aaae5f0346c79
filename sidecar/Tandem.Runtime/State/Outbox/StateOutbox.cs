using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;
using Tandem.Components.State;
using Tandem.Runtime.Components;
using Tandem.Runtime.PubSub;
using Tandem.Runtime.PubSub.CloudEvents;

namespace Tandem.Runtime.State.Outbox;

/// <summary>
/// The outbox of one state store. A transaction's events go to an internal topic first; the transaction then stores a marker for each of
/// them. Whoever receives an event from the internal topic publishes it when its marker is there. So an event is published if, and only
/// if, its transaction has committed, whatever ends in between.
/// </summary>
internal sealed class StateOutbox(SidecarOptions options, LoadedComponent store, OutboxBroker carrier, OutboxBroker publisher, TimeProvider timeProvider, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>A transaction that takes longer is ended: its events would not wait for it any more.</summary>
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMinutes(5);

    private readonly OutboxSettings _settings = store.State!.Outbox!;
    private readonly OutboxTransactions _transactions = new(timeProvider);
    private readonly CloudEventWriter _writer = new(options.AppId, timeProvider);
    private readonly CancellationTokenSource _stop = new();
    private IAsyncDisposable? _subscription;

    /// <summary>Whether it was made for these components; others need another one.</summary>
    public bool IsFor(LoadedComponent itsStore, LoadedComponent? itsCarrier, LoadedComponent? itsPublisher)
        => ReferenceEquals(store, itsStore) && ReferenceEquals(carrier.Component, itsCarrier) && ReferenceEquals(publisher.Component, itsPublisher);

    /// <summary>Begins to receive from the internal topic.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var relay = new OutboxRelay(_settings, store.StateStore!, publisher, _transactions, timeProvider, logger);
        _subscription = await carrier.Broker.SubscribeAsync(
            new SubscribeRequest(
                _settings.InternalTopic(options),
                ConsumerGroups.Of(carrier.Component, options),
                new Dictionary<string, string> { ["initialOffset"] = "oldest" }),
            async (message, token) =>
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(token, _stop.Token);
                return await relay.HandleAsync(message, either.Token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Carries out a transaction together with its events.</summary>
    public async ValueTask<StateOutcome> ExecuteAsync(
        IReadOnlyList<StateOperation> operations,
        string? traceParent,
        Func<IReadOnlyList<StateOperation>, CancellationToken, ValueTask<StateOutcome>> commit,
        CancellationToken cancellationToken)
    {
        if (!new TopicScopes(publisher.Component.Metadata, options.AppId).MayPublish(_settings.Topic))
        {
            throw PubSubErrors.Forbidden(_settings.PubSubName, _settings.Topic, options.AppId);
        }

        var parts = Split(operations);
        if (parts.Events.Count == 0)
        {
            return await commit(parts.Stored, cancellationToken).ConfigureAwait(false);
        }

        string[] markers = [.. parts.Events.Select(_ => OutboxMarker.Create(timeProvider.GetUtcNow()))];
        _transactions.Begin(markers);
        var fate = OutboxFate.RolledBack;
        try
        {
            await CarryAsync(parts, markers, traceParent, cancellationToken).ConfigureAwait(false);
            using var limit = new CancellationTokenSource(LongestTransaction, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            fate = OutboxFate.Unknown;
            var outcome = await commit([.. parts.Stored, .. markers.Select(OutboxMarker.Set)], either.Token).ConfigureAwait(false);
            fate = outcome is StateOutcome.Done ? OutboxFate.Committed : OutboxFate.RolledBack;
            return outcome;
        }
        finally
        {
            _transactions.End(markers, fate);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private static OutboxEvents Split(IReadOnlyList<StateOperation> operations)
    {
        try
        {
            return OutboxEvents.Of(operations);
        }
        catch (FormatException exception)
        {
            throw StateErrors.Malformed(exception.Message);
        }
    }

    private async ValueTask CarryAsync(OutboxEvents parts, string[] markers, string? traceParent, CancellationToken cancellationToken)
    {
        var topic = _settings.InternalTopic(options);
        var requests = new List<PublishRequest>(markers.Length);
        for (var i = 0; i < markers.Length; i++)
        {
            var (saved, shown) = parts.Events[i];
            requests.Add(OutboxBroker.Request(topic, OutboxEvents.Write(_writer, _settings, markers[i], saved, shown, traceParent)));
        }

        try
        {
            await carrier.PublishAsync(requests, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw StateErrors.OutboxFailed(options.AppId, exception.Message, exception);
        }
    }
}
