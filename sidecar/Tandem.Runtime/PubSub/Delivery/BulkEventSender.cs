using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.PubSub.Delivery;

/// <summary>
/// Bundles the events of a subscription into one request: up to a number of them, or what came within a time. Each event is still a
/// delivery of its own, with its own status, retries and dead letter.
/// </summary>
internal sealed class BulkEventSender : IEventSender, IAsyncDisposable
{
    private readonly IAppCallbacks _callbacks;
    private readonly SubscriptionResource _subscription;
    private readonly BulkSubscribeOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly IngressMeter? _meter;
    private readonly Channel<Entry> _entries;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    public BulkEventSender(IAppChannel app, SubscriptionResource subscription, BulkSubscribeOptions options, TimeProvider timeProvider, IngressMeter? meter = null)
    {
        _callbacks = app.Callbacks;
        _subscription = subscription;
        _options = options;
        _timeProvider = timeProvider;
        _meter = meter;
        _entries = Channel.CreateBounded<Entry>(Math.Max(1, options.MaxMessagesCount) * 2);
        _loop = Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>Whether entries are called by their place in their request, and not by an ID of their own.</summary>
    public bool NumbersEntries { get; init; }

    public async ValueTask<DeliveryResult> SendAsync(DeliveredEvent cloudEvent, CancellationToken cancellationToken)
    {
        var entry = new Entry(Guid.NewGuid().ToString(), cloudEvent, cancellationToken);
        await _entries.Writer.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
        return await entry.Result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_entries.Reader.TryRead(out var left))
        {
            left.Result.TrySetCanceled(CancellationToken.None);
        }

        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _entries.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var batch = await CollectAsync(cancellationToken).ConfigureAwait(false);
            // One route a request: rules may send the events of a topic to different paths. And a suspect by itself.
            foreach (var group in batch.GroupBy(static entry => (Route: entry.Event.Route!, Suspect: entry.Event.IsSuspect ? entry.Id : "")))
            {
                await SendBatchAsync(group.Key.Route, [.. group], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<List<Entry>> CollectAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Entry>();
        using var limit = new CancellationTokenSource(_options.MaxAwait, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            do
            {
                while (batch.Count < _options.MaxMessagesCount && _entries.Reader.TryRead(out var entry))
                {
                    if (!entry.Abandoned.IsCancellationRequested)
                    {
                        batch.Add(entry);
                    }
                }
            }
            while (batch.Count < _options.MaxMessagesCount && await _entries.Reader.WaitToReadAsync(either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time to wait for more is over.
        }

        return batch;
    }

    private async Task SendBatchAsync(string route, List<Entry> batch, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            for (var i = 0; NumbersEntries && i < batch.Count; i++)
            {
                batch[i].Id = i.ToString(CultureInfo.InvariantCulture);
            }

            var entries = batch.ConvertAll(static entry => new BulkEntry(entry.Id, entry.Event));
            Complete(batch, began, await _callbacks.DeliverAsync(entries, route, _subscription, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            _meter?.RecordBulk(DeliveryStatus.Retry, appAnsweredWell: false, began);

            // Whatever it was, each event's own delivery hears of it and decides.
            foreach (var entry in batch)
            {
                entry.Result.TrySetException(exception);
            }
        }
    }

    /// <summary>An entry that the app says nothing of is tried again.</summary>
    private void Complete(List<Entry> batch, long began, BulkDelivery delivery)
    {
        _meter?.RecordBulk(delivery.Overall.Status, delivery.Overall.IsAnsweredWell, began);
        foreach (var entry in batch)
        {
            var result = !delivery.Overall.IsAnsweredWell ? delivery.Overall
                : delivery.Entries.TryGetValue(entry.Id, out var own) ? own
                : new DeliveryResult(DeliveryStatus.Retry, delivery.Overall.AppStatus, "the app gave no status for the entry");
            _meter?.RecordBulkEvent(result.Status, delivery.Overall.IsAnsweredWell);
            entry.Result.TrySetResult(result);
        }
    }

    private sealed class Entry(string id, DeliveredEvent cloudEvent, CancellationToken abandoned)
    {
        public string Id { get; set; } = id;

        public DeliveredEvent Event { get; } = cloudEvent;

        public CancellationToken Abandoned { get; } = abandoned;

        public TaskCompletionSource<DeliveryResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
