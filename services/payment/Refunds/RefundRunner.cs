namespace Tandem.Payment;

/// <summary>Has the provider carry out refunds that are decided; one that fails stays open and is tried again.</summary>
internal sealed partial class RefundRunner(
    RefundStore refunds, PaymentStore payments, IPaymentProvider provider, ProviderRetry retry, TimeProvider time, ILogger<RefundRunner> logger)
{
    public async Task RunOpenAsync(int limit, CancellationToken cancellationToken)
    {
        foreach (var refund in await refunds.OpenAsync(limit, cancellationToken))
        {
            if (await payments.FindAsync(refund.PaymentId, cancellationToken) is { } payment)
            {
                await RunAsync(refund, payment, cancellationToken);
            }
        }
    }

    public async Task RunAsync(Refund refund, Payment payment, CancellationToken cancellationToken)
    {
        var order = new RefundOrder(refund.Id, payment.Id, payment.ProviderId ?? "", refund.Amount, payment.Currency);
        try
        {
            await retry.RunAsync(
                async token =>
                {
                    await provider.RefundAsync(order, token);
                    return true;
                },
                cancellationToken);
        }
        catch (ProviderUnavailableException exception)
        {
            Log.Unavailable(logger, exception, provider.Name, refund.Id, payment.Id);
            return;
        }

        await refunds.CompleteAsync(refund, payment, time.Now(), CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(8211, LogLevel.Warning, "Provider {Provider} gave no answer to refund {RefundId} of payment {PaymentId}; it is asked again later")]
        public static partial void Unavailable(ILogger logger, Exception exception, string provider, string refundId, string paymentId);
    }
}
