using System.Data.Common;
using System.Globalization;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>Closes windows: marks them and puts their result into the outbox, in the caller's transaction.</summary>
internal sealed partial class WindowCloser(Database database, Outbox outbox, WindowFeed feed, AnalyticsMetrics metrics, ILogger<WindowCloser> logger)
{
    /// <summary>Closes what ends at the watermark or before it.</summary>
    /// <returns>Up to when windows are closed now.</returns>
    public async Task<DateTimeOffset> CloseAsync(DbTransaction tx, DateTimeOffset closedUntil, DateTimeOffset watermark, CancellationToken cancellationToken)
    {
        // A window ends where the next one begins: all that begin before the watermark's own window are over.
        var until = OrderWindow.StartOf(watermark);
        if (until <= closedUntil)
        {
            return closedUntil;
        }

        foreach (var window in await WindowStore.OpenBeforeAsync(tx, until, cancellationToken))
        {
            await WindowStore.CloseAsync(tx, window, cancellationToken);
            await outbox.AddAsync(tx, ResultOf(window), EventIdOf(window), cancellationToken);
            database.AfterCommit(tx, () =>
            {
                feed.Changed();
                metrics.WindowClosed(window.Currency);
                Log.Closed(logger, window.StartAt, window.Currency, window.Orders);
            });
        }

        return until;
    }

    /// <summary>One id for a window's result, whoever closes it.</summary>
    private static string EventIdOf(OrderWindow window)
        => string.Create(CultureInfo.InvariantCulture, $"window-{window.StartAt.UtcDateTime:yyyyMMddTHHmm}Z-{window.Currency}");

    private static WindowClosed ResultOf(OrderWindow window) => new()
    {
        Start = window.StartAt,
        End = window.EndAt,
        Orders = window.Orders,
        Revenue = window.Revenue,
        UniqueUsers = window.UniqueUsers,
        AverageOrderValue = window.AverageOrderValue,
        Currency = window.Currency,
    };

    private static partial class Log
    {
        [LoggerMessage(5401, LogLevel.Information, "Window {Start:HH:mm} {Currency} closed with {Orders} orders")]
        public static partial void Closed(ILogger logger, DateTimeOffset start, string currency, int orders);
    }
}
