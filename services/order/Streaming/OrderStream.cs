using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace Tandem.Order;

/// <summary>One status of an order, as its event stream tells it.</summary>
internal sealed record StatusEvent(string OrderId, OrderStatus Status, DateTimeOffset At, string? Reason, string? TrackingNumber);

/// <summary>
/// <c>GET /orders/{id}/events</c>: every status that the order has had and will have, one event each, until it has ended. The event's id is its
/// place in the history, so a client that comes back with <c>Last-Event-ID</c> misses nothing and hears nothing twice. Silence is broken by
/// heartbeats, so that nobody on the way takes the connection for dead.
/// </summary>
internal sealed class OrderStream(OrderStore orders, OrderWatch watch, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const string Status = "status";
    private const string Heartbeat = "heartbeat";

    /// <summary>How long a change that another process made may stay unseen.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Reconnection = TimeSpan.FromSeconds(1);

    /// <summary>Where the client goes on: after the event that it heard last, or at the beginning when it names none that there is.</summary>
    public static int NextOf(Order order, string? lastEventId)
        => int.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last < order.History.Count ? last + 1 : 0;

    /// <param name="order">The order as it was found.</param>
    /// <param name="next">The place in its history of the first status to tell.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<SseItem<StatusEvent?>> ReadAsync(Order order, int next, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A client that is cut off by a stop comes back by itself; one that holds on would hold up the stop.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, cancellationToken);
        var told = time.GetTimestamp();
        var isQuiet = next >= order.History.Count;
        while (!either.IsCancellationRequested)
        {
            var changed = watch.NextAsync(order.Id);
            if (await orders.FindAsync(order.Id, CancellationToken.None) is not { } current)
            {
                yield break;
            }

            for (; next < current.History.Count; next++)
            {
                yield return Tell(current, next);
                told = time.GetTimestamp();
                isQuiet = false;
            }

            if (current.IsFinal)
            {
                yield break;
            }

            // The first one goes out at once when there is nothing else to say, so that the client knows that it is heard.
            if (isQuiet || time.GetElapsedTime(told) >= LongestSilence)
            {
                yield return new SseItem<StatusEvent?>(null, Heartbeat);
                told = time.GetTimestamp();
                isQuiet = false;
            }

            await ChangeOrGlanceAsync(changed, either.Token);
        }
    }

    private static SseItem<StatusEvent?> Tell(Order order, int place)
    {
        var change = order.History[place];
        var tracking = change.Status is OrderStatus.Shipped or OrderStatus.Delivered ? order.TrackingNumber : null;
        return new SseItem<StatusEvent?>(new StatusEvent(order.Id, change.Status, change.At, change.Reason, tracking), Status)
        {
            EventId = place.ToString(CultureInfo.InvariantCulture),
            ReconnectionInterval = place == 0 ? Reconnection : null,
        };
    }

    private async Task ChangeOrGlanceAsync(Task changed, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(Glance, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time to look, whether or not anybody said something.
        }
        catch (OperationCanceledException)
        {
            // The stream ends.
        }
    }
}
