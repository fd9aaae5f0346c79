using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace Tandem.Order;

/// <summary>One status of an order, as its event stream tells it.</summary>
internal sealed record StatusEvent(string OrderId, OrderStatus Status, DateTimeOffset At, string? Reason, string? TrackingNumber);

/// <summary>
/// <c>GET /orders/{id}/events</c>: every status that the order has had and will have, one event each, until it has ended. The event's id is its
/// place in the history, so a client that comes back with <c>Last-Event-ID</c> misses nothing and hears nothing twice.
/// </summary>
internal sealed class OrderStream(OrderStore orders, OrderWatch watch, TimeProvider time)
{
    /// <summary>How long a change that another process made may stay unseen.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);

    public async IAsyncEnumerable<SseItem<StatusEvent>> ReadAsync(
        string orderId, string? lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = int.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last + 1 : 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var changed = watch.NextAsync(orderId);
            if (await orders.FindAsync(orderId, cancellationToken) is not { } order)
            {
                yield break;
            }

            for (; next < order.History.Count; next++)
            {
                var change = order.History[next];
                var tracking = change.Status is OrderStatus.Shipped or OrderStatus.Delivered ? order.TrackingNumber : null;
                yield return new SseItem<StatusEvent>(new StatusEvent(order.Id, change.Status, change.At, change.Reason, tracking), "status")
                {
                    EventId = next.ToString(CultureInfo.InvariantCulture),
                };
            }

            if (order.IsFinal)
            {
                yield break;
            }

            await ChangeOrGlanceAsync(changed, cancellationToken);
        }
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
    }
}
