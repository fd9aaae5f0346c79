using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>
/// The work of each step. A step may be done any number of times and has the effect of one; it answers with what the order becomes by it,
/// or throws when nothing was decided, and is done again.
/// </summary>
internal sealed class OrderSaga(ProductClient products, PaymentClient payments, BasketClient baskets, IOptions<SagaOptions> options)
{
    private TimeSpan Patience => options.Value.ShipmentPatience;

    /// <exception cref="HttpRequestException">No decision: another service is in trouble.</exception>
    public Task<StepResult> RunAsync(Order order, CancellationToken cancellationToken) => order.Saga.Step switch
    {
        SagaStep.ReserveStock => ReserveStockAsync(order, cancellationToken),
        SagaStep.TakePayment => TakePaymentAsync(order, cancellationToken),
        SagaStep.Settle => SettleAsync(order, cancellationToken),
        SagaStep.Ship => Task.FromResult<StepResult>((current, now) => current.ShipmentMissed(Patience, now)),
        SagaStep.ReturnPayment => ReturnPaymentAsync(order, cancellationToken),
        SagaStep.ReleaseStock => ReleaseStockAsync(order, cancellationToken),
        _ => Task.FromResult<StepResult>(static (current, _) => current),
    };

    private async Task<StepResult> ReserveStockAsync(Order order, CancellationToken cancellationToken)
        => await products.ReserveAsync(order, cancellationToken) is { } refusal
            ? (current, now) => current.StockRefused(refusal, now)
            : static (current, now) => current.StockReserved(now);

    private async Task<StepResult> TakePaymentAsync(Order order, CancellationToken cancellationToken)
    {
        var created = await payments.CreateAsync(order, cancellationToken);
        if (created.Payment is not { } payment)
        {
            return (current, now) => current.PaymentRefused(null, created.Refusal!, now);
        }

        if (payment.Status == "pending")
        {
            // Refused means that somebody else was first, such as this step before a crash: then it matters where the payment stands.
            var processed = await payments.ProcessAsync(payment.Id, cancellationToken);
            payment = processed.Payment ?? await payments.FindAsync(payment.Id, cancellationToken) ?? throw Undecided(payment);
        }

        return payment.Status switch
        {
            // Some of it was given back already by somebody who wanted that; the order is paid all the same.
            "completed" or "partially_refunded" => (current, now) => current.PaymentTaken(payment.Id, now),
            "refunded" => (current, now) => current.PaymentLost(payment.Id, "payment_refunded", now),
            "failed" => (current, now) => current.PaymentRefused(payment.Id, payment.FailureReason ?? "payment_failed", now),
            "cancelled" or "expired" => (current, now) => current.PaymentRefused(payment.Id, $"payment_{payment.Status}", now),
            _ => throw Undecided(payment),
        };
    }

    private async Task<StepResult> SettleAsync(Order order, CancellationToken cancellationToken)
    {
        // Neither needs the other, and either may have been done before.
        var clearing = order.IsFromBasket ? baskets.CheckOutAsync(order, cancellationToken) : Task.CompletedTask;
        var committing = CommitAsync(order, cancellationToken);
        await Task.WhenAll(clearing, committing);
        return await committing is { } refusal
            ? (current, now) => current.SettlementRefused(refusal, now)
            : (current, now) => current.Settled(Patience, now);
    }

    private async Task<string?> CommitAsync(Order order, CancellationToken cancellationToken)
    {
        if (await products.CommitAsync(order.Id, cancellationToken))
        {
            return null;
        }

        // The reservation was released while the payment took its time. The goods may still be there.
        if (await products.ReserveAsync(order, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        return await products.CommitAsync(order.Id, cancellationToken)
            ? null
            : throw new ServiceCallException($"POST commit of order {order.Id}", "refused right after the reservation");
    }

    private async Task<StepResult> ReturnPaymentAsync(Order order, CancellationToken cancellationToken)
    {
        // A payment may have been made without its answer having come through, so its id is not always known.
        var payment = order.PaymentId is { } id
            ? await payments.FindAsync(id, cancellationToken)
            : await payments.FindByOrderAsync(order.Id, cancellationToken);
        var reason = order.Saga.EndReason ?? "cancelled";
        switch (payment?.Status)
        {
            case null or "failed" or "cancelled" or "expired":
                return (current, now) => current.PaymentReturned(payment?.Id, moneyWentBack: false, now);
            case "refunded":
                return (current, now) => current.PaymentReturned(payment.Id, moneyWentBack: true, now);
            case "pending":
                _ = (await payments.CancelAsync(payment.Id, cancellationToken)).Payment ?? throw Undecided(payment);
                return (current, now) => current.PaymentReturned(payment.Id, moneyWentBack: false, now);
            case "completed" or "partially_refunded":
                _ = (await payments.RefundAsync(payment.Id, reason, cancellationToken)).Payment ?? throw Undecided(payment);
                return (current, now) => current.PaymentReturned(payment.Id, moneyWentBack: true, now);
            default:
                throw Undecided(payment);
        }
    }

    private async Task<StepResult> ReleaseStockAsync(Order order, CancellationToken cancellationToken)
    {
        await products.ReleaseAsync(order.Id, cancellationToken);
        return static (current, now) => current.StockReleased(now);
    }

    private static ServiceCallException Undecided(PaymentView payment) => new($"Payment {payment.Id}", $"is {payment.Status} at the moment");
}

/// <summary>What a step makes of the order as it is when the step's result is stored.</summary>
internal delegate Order StepResult(Order current, DateTimeOffset now);
