namespace Tandem.Product.Reservations;

/// <summary>Puts the stock of forgotten reservations back, also of those that were forgotten while this service was down.</summary>
internal sealed partial class ReservationExpiry(ReservationDesk desk, TimeProvider time, ILogger<ReservationExpiry> logger) : BackgroundService
{
    private const int BatchSize = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                try
                {
                    await ExpireAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // The next round finds what this one left.
                    Log.Failed(logger, exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; the next start begins with a round.
        }
    }

    private async Task ExpireAsync(CancellationToken stoppingToken)
    {
        IReadOnlyList<string> overdue;
        do
        {
            overdue = await desk.FindOverdueAsync(BatchSize, stoppingToken);
            foreach (var orderId in overdue)
            {
                if (await desk.ExpireAsync(orderId, stoppingToken) is { Status: ReservationStatus.Expired })
                {
                    Log.Expired(logger, orderId);
                }
            }
        }
        while (overdue.Count == BatchSize);
    }

    private static partial class Log
    {
        [LoggerMessage(5301, LogLevel.Information, "The reservation of order {OrderId} was not committed in time; its stock is back")]
        public static partial void Expired(ILogger logger, string orderId);

        [LoggerMessage(5304, LogLevel.Error, "Overdue reservations could not be released")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
