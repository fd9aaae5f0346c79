using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary><c>POST /payments/{id}/refund</c>: decides the refund in one transaction, then has the provider carry it out.</summary>
internal sealed class RefundPayment(PaymentStore payments, RefundRunner runner, TimeProvider time)
{
    public async Task<Decision?> HandleAsync(string id, decimal? amount, string? reason, CancellationToken cancellationToken)
    {
        Refund? refund = null;
        var decision = await payments.ChangeAsync(
            id,
            payment =>
            {
                var decided = payment.Refund(Ids.New(), amount, reason, time.Now());
                refund = decided.IsRefused ? null : decided.Payment.Refunds[^1];
                return decided;
            },
            cancellationToken);

        // From here on the refund is owed: should the client or this process go now, the resumer carries it out.
        if (refund is not null && decision is { Payment: { } payment })
        {
            await runner.RunAsync(refund, payment, cancellationToken);
        }

        return decision;
    }
}
