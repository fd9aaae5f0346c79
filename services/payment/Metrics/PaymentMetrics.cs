using System.Diagnostics.Metrics;

namespace Tandem.Payment;

/// <summary>
/// What the shop's people want to know of payments, counted where it is committed: what is rolled back or repeated counts once or not at all. The
/// names and labels are in docs/observability.md.
/// </summary>
internal sealed class PaymentMetrics : IHostedService
{
    private static readonly PaymentStatus[] Outcomes =
    [
        PaymentStatus.Completed, PaymentStatus.Failed, PaymentStatus.Cancelled, PaymentStatus.Expired, PaymentStatus.Refunded, PaymentStatus.PartiallyRefunded,
    ];

    private readonly Counter<long> _payments;
    private readonly Counter<long> _failures;
    private readonly Counter<decimal> _collected;
    private readonly Counter<decimal> _refunded;

    public PaymentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Tandem.Payment");
        _payments = meter.CreateCounter<long>("tandem.payments", "{payment}", "Payments that came to an outcome, and refunds by whether anything is left.");
        _failures = meter.CreateCounter<long>("tandem.payments.failures", "{payment}", "Payments that failed, by the provider's reason.");
        _collected = meter.CreateCounter<decimal>("tandem.payments.collected", "{currency}", "Money taken, in units of the currency.");
        _refunded = meter.CreateCounter<decimal>("tandem.payments.refunded", "{currency}", "Money promised back, in units of the currency.");
    }

    /// <summary>Every outcome is there from the start, so that the first of a kind is an increase and not a new series.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var outcome in Outcomes)
        {
            _payments.Add(0, Outcome(outcome));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The payment changed in this way, and that is committed.</summary>
    public void Changed(Payment before, Payment after)
    {
        var currency = new KeyValuePair<string, object?>("currency", after.Currency);
        foreach (var refund in after.Refunds)
        {
            _payments.Add(1, Outcome(after.Status));
            _refunded.Add(refund.Amount, currency);
        }

        if (after.Status == before.Status || after.Refunds.Count > 0 || !Outcomes.Contains(after.Status))
        {
            return;
        }

        _payments.Add(1, Outcome(after.Status));
        switch (after.Status)
        {
            case PaymentStatus.Completed:
                _collected.Add(after.Amount, currency);
                break;
            case PaymentStatus.Failed:
                _failures.Add(1, new KeyValuePair<string, object?>("reason", after.FailureReason));
                break;
            default:
                break;
        }
    }

    private static KeyValuePair<string, object?> Outcome(PaymentStatus status) => new("outcome", Stored.Name(status));
}
