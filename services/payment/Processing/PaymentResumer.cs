using Microsoft.Extensions.Options;

namespace Tandem.Payment;

/// <summary>Finishes what a crash or an unavailable provider left behind: payments in processing and refunds that are still owed.</summary>
internal sealed partial class PaymentResumer(
    PaymentStore payments, ChargeRunner charges, RefundRunner refunds, IOptions<ProcessingOptions> options, TimeProvider time, ILogger<PaymentResumer> logger)
    : BackgroundService
{
    private const int Batch = 200;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await charges.DrainAsync().WaitAsync(cancellationToken);
    }

    /// <summary>One round over everything unfinished.</summary>
    internal async Task ResumeAsync(CancellationToken cancellationToken)
    {
        foreach (var id in await payments.IdsAsync(PaymentStatus.Processing, null, Batch, cancellationToken))
        {
            if (await payments.FindAsync(id, cancellationToken) is { Status: PaymentStatus.Processing } payment)
            {
                await charges.RunAsync(payment).WaitAsync(cancellationToken);
            }
        }

        await refunds.RunOpenAsync(Batch, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ResumeInterval, time);
        try
        {
            do
            {
                try
                {
                    await ResumeAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    Log.Failed(logger, exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; what is unfinished is resumed at the next start.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(8202, LogLevel.Error, "Unfinished payments could not be resumed; the next round tries again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
