using System.Data.Common;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>
/// An order counts when it is paid: only then is there revenue, and an order is paid once. What is refunded later stays in the window in
/// which it was earned. The inbox has seen to it that each event comes here once.
/// </summary>
internal sealed partial class OrderPaidHandler(
    Database database, WindowCloser closer, Watermark watermark, AnalyticsMetrics metrics, TimeProvider time, ILogger<OrderPaidHandler> logger)
    : IEventHandler<OrderPaid>
{
    public async Task HandleAsync(OrderPaid e, EventMetadata metadata, DbTransaction tx, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var at = EventTime.Of(metadata);
        var startAt = OrderWindow.StartOf(at);
        var cents = (long)Math.Round(e.Total * 100, MidpointRounding.AwayFromZero);
        var progress = await WindowStore.ProgressAsync(tx, ct) ?? new Progress { MaxEventAt = DateTimeOffset.UnixEpoch, ClosedUntil = DateTimeOffset.UnixEpoch };

        if (startAt < progress.ClosedUntil)
        {
            await WindowStore.AddLateAsync(tx, metadata.Id, startAt, e.Currency, cents, now, ct);
            database.AfterCommit(tx, () =>
            {
                metrics.OrderWasLate(e.Currency);
                Log.Late(logger, metadata.Id, startAt, e.Currency);
            });
            return;
        }

        await WindowStore.AddAsync(tx, startAt, e.Currency, e.UserId, cents, ct);

        // A clock that is ahead must not close everybody else's windows.
        var seen = at < now ? at : now;
        var max = seen > progress.MaxEventAt ? seen : progress.MaxEventAt;
        var closedUntil = await closer.CloseAsync(tx, progress.ClosedUntil, Watermark.At(max), ct);
        await WindowStore.SaveProgressAsync(tx, new Progress { MaxEventAt = max, ClosedUntil = closedUntil }, ct);
        database.AfterCommit(tx, () =>
        {
            watermark.Arrived();
            metrics.OrderCounted(e.Currency, cents);
        });
    }

    private static partial class Log
    {
        [LoggerMessage(5402, LogLevel.Warning, "Order event {EventId} came after its window {Start:HH:mm} {Currency} was closed")]
        public static partial void Late(ILogger logger, string eventId, DateTimeOffset start, string currency);
    }
}
