namespace Tandem.Payment;

/// <summary>Processes a payment on request: pending → processing in one transaction, the provider's decision in the next.</summary>
internal sealed class PaymentProcessor(PaymentStore payments, ChargeRunner charges, TimeProvider time)
{
    /// <summary>
    /// The payment after the provider's decision, or the refusal of whoever came second; <see langword="null"/> when there is no such payment.
    /// </summary>
    public async Task<Decision?> ProcessAsync(string id, CancellationToken cancellationToken)
    {
        var begun = await payments.ChangeAsync(id, payment => payment.BeginProcessing(time.Now()), cancellationToken);
        if (begun is not { IsRefused: false } decision)
        {
            return begun;
        }

        return await charges.RunAsync(decision.Payment).WaitAsync(cancellationToken);
    }
}
