using Tandem.Contracts.Events;

namespace Tandem.Payment;

/// <summary>
/// A payment and its rules: <c>pending → processing → completed | failed</c>, <c>cancelled</c> or <c>expired</c> out of pending,
/// <c>partially_refunded</c> and <c>refunded</c> out of completed. It never changes: a rule answers with the next one.
/// </summary>
internal sealed record Payment
{
    /// <summary>How long a payment may stay pending.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    public required string Id { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    public string? BasketId { get; init; }

    public required decimal Amount { get; init; }

    public decimal RefundedAmount { get; init; }

    public required string Currency { get; init; }

    public PaymentStatus Status { get; init; }

    public required string Method { get; init; }

    /// <summary>What the provider knows the means of payment by; forgotten as soon as it is of no more use.</summary>
    public string? Token { get; init; }

    public required string Provider { get; init; }

    public string? ProviderId { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<PaymentItem> Items { get; init; } = [];

    public string? FailureReason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? ProcessedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Counts the changes: who saves a version that is no longer the stored one has lost the race.</summary>
    public long Version { get; init; }

    /// <summary>What happened since the payment was loaded; leaves in the transaction that saves it.</summary>
    public IReadOnlyList<PaymentEvent> Events { get; init; } = [];

    /// <summary>Refunds decided since the payment was loaded; saved with it, carried out afterwards.</summary>
    public IReadOnlyList<Refund> Refunds { get; init; } = [];

    /// <summary>What could still be given back.</summary>
    public decimal Refundable => Status is PaymentStatus.Completed or PaymentStatus.PartiallyRefunded ? Amount - RefundedAmount : 0;

    /// <summary>pending → processing. The provider is asked once this is stored, so that a crash leaves a trace to resume from.</summary>
    public Decision BeginProcessing(DateTimeOffset now) => Status switch
    {
        PaymentStatus.Pending when now < ExpiresAt => this with { Status = PaymentStatus.Processing, UpdatedAt = now },
        PaymentStatus.Pending => Refuse("expired"),
        _ => Refuse(Describe(Status)),
    };

    /// <summary>processing → completed; anything else stays as it is, because a repeated answer of the provider changes nothing.</summary>
    public Payment Complete(string providerId, DateTimeOffset now)
    {
        if (Status != PaymentStatus.Processing)
        {
            return this;
        }

        var completed = this with
        {
            Status = PaymentStatus.Completed,
            ProviderId = providerId,
            Token = null,
            ProcessedAt = now,
            UpdatedAt = now,
        };
        return completed with
        {
            Events = [.. Events, new PaymentCompleted { PaymentId = Id, OrderId = OrderId, UserId = UserId, Amount = Amount, Currency = Currency }],
        };
    }

    /// <summary>processing → failed, for a reason of the provider's such as <c>card_declined</c>.</summary>
    public Payment Fail(string reason, DateTimeOffset now)
    {
        if (Status != PaymentStatus.Processing)
        {
            return this;
        }

        return this with
        {
            Status = PaymentStatus.Failed,
            FailureReason = reason,
            Token = null,
            ProcessedAt = now,
            UpdatedAt = now,
            Events = [.. Events, new PaymentFailed { PaymentId = Id, OrderId = OrderId, UserId = UserId, Amount = Amount, Currency = Currency, Reason = reason }],
        };
    }

    /// <summary>pending → cancelled.</summary>
    public Decision Cancel(DateTimeOffset now) => Status == PaymentStatus.Pending
        ? this with { Status = PaymentStatus.Cancelled, Token = null, UpdatedAt = now }
        : Refuse(Describe(Status));

    /// <summary>pending → expired, once its time is over.</summary>
    public Decision Expire(DateTimeOffset now) => Status == PaymentStatus.Pending && now >= ExpiresAt
        ? this with { Status = PaymentStatus.Expired, Token = null, UpdatedAt = now }
        : Refuse(Describe(Status));

    /// <summary>completed → partially_refunded → refunded; without an amount, all that is left.</summary>
    public Decision Refund(string refundId, decimal? amount, string? reason, DateTimeOffset now)
    {
        if (Status is not (PaymentStatus.Completed or PaymentStatus.PartiallyRefunded))
        {
            return Refuse(Describe(Status));
        }

        var returned = amount ?? Refundable;
        if (returned > Refundable)
        {
            return new Decision(this, FormattableString.Invariant($"Only {Refundable} {Currency} of the payment can still be refunded."));
        }

        return this with
        {
            RefundedAmount = RefundedAmount + returned,
            Status = returned == Refundable ? PaymentStatus.Refunded : PaymentStatus.PartiallyRefunded,
            UpdatedAt = now,
            Refunds = [.. Refunds, new Refund { Id = refundId, PaymentId = Id, Amount = returned, Reason = reason, CreatedAt = now }],
        };
    }

    /// <summary>The event that tells that a refund has been carried out.</summary>
    public PaymentRefunded Returned(Refund refund) => new()
    {
        PaymentId = Id,
        OrderId = OrderId,
        UserId = UserId,
        Amount = refund.Amount,
        Currency = Currency,
        Reason = refund.Reason,
    };

    private static string Describe(PaymentStatus status) => status switch
    {
        PaymentStatus.Processing => "being processed",
        PaymentStatus.PartiallyRefunded => "partially refunded",
        PaymentStatus.Pending => "still pending",
        _ => status.ToString().ToLowerInvariant(),
    };

    private Decision Refuse(string state) => new(this, $"The payment is {state}.");
}
