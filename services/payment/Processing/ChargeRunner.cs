using System.Collections.Concurrent;

namespace Tandem.Payment;

/// <summary>
/// Takes the money of payments that are being processed. A charge runs to its end whoever asked for it and however long they wait: a client
/// that goes away leaves no payment between two states. Each payment has at most one charge running in this process.
/// </summary>
internal sealed partial class ChargeRunner(
    PaymentStore payments, IPaymentProvider provider, ProviderRetry retry, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ChargeRunner> logger)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Payment>>> _running = new(StringComparer.Ordinal);

    /// <summary>Carries a payment in processing to its end; it is still in processing when the provider gave no decision for too long.</summary>
    public async Task<Payment> RunAsync(Payment payment)
    {
        var mine = new Lazy<Task<Payment>>(() => ChargeAsync(payment));
        var running = _running.GetOrAdd(payment.Id, mine);
        try
        {
            return await running.Value;
        }
        finally
        {
            if (ReferenceEquals(running, mine))
            {
                _running.TryRemove(payment.Id, out _);
            }
        }
    }

    /// <summary>Waits until no charge runs any more, so that a stopping process leaves as little as possible to resume.</summary>
    public async Task DrainAsync()
    {
        foreach (var running in _running.Values)
        {
            await ((Task)running.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Payment> ChargeAsync(Payment payment)
    {
        var stopping = lifetime.ApplicationStopping;
        var charge = new Charge(payment.Id, payment.Amount, payment.Currency, payment.Method, payment.Token ?? "");
        ChargeResult result;
        try
        {
            result = await retry.RunAsync(token => provider.ChargeAsync(charge, token), stopping);
        }
        catch (ProviderUnavailableException exception)
        {
            Log.Unavailable(logger, exception, provider.Name, payment.Id);
            return payment;
        }

        // The decision is there: it is stored even while the process is being stopped.
        var decision = await payments.ChangeAsync(
            payment.Id,
            current => result.ProviderId is { } id ? current.Complete(id, time.Now()) : current.Fail(result.DeclineReason!, time.Now()),
            CancellationToken.None);
        return decision?.Payment ?? payment;
    }

    private static partial class Log
    {
        [LoggerMessage(8201, LogLevel.Warning, "Provider {Provider} gave no decision about payment {PaymentId}; it is asked again later")]
        public static partial void Unavailable(ILogger logger, Exception exception, string provider, string paymentId);
    }
}
