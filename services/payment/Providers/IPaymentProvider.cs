namespace Tandem.Payment;

/// <summary>Whoever moves the money. Both calls may be repeated: the same id is carried out once and answered alike.</summary>
internal interface IPaymentProvider
{
    /// <summary>The name that a payment remembers its provider by.</summary>
    string Name { get; }

    /// <exception cref="ProviderUnavailableException">The provider gave no decision; ask again.</exception>
    Task<ChargeResult> ChargeAsync(Charge charge, CancellationToken cancellationToken);

    /// <exception cref="ProviderUnavailableException">The provider gave no decision; ask again.</exception>
    Task RefundAsync(RefundOrder refund, CancellationToken cancellationToken);
}

/// <summary>Money to take, idempotent by <paramref name="PaymentId"/>.</summary>
internal sealed record Charge(string PaymentId, decimal Amount, string Currency, string Method, string Token);

/// <summary>Money to give back, idempotent by <paramref name="RefundId"/>.</summary>
internal sealed record RefundOrder(string RefundId, string PaymentId, string ProviderId, decimal Amount, string Currency);

/// <summary>The provider's decision: its own id of the charge when it was taken, otherwise why not.</summary>
internal sealed record ChargeResult(string? ProviderId, string? DeclineReason)
{
    public static ChargeResult Taken(string providerId) => new(providerId, null);

    public static ChargeResult Declined(string reason) => new(null, reason);
}

/// <summary>The provider could not be reached or had trouble of its own: nothing is decided.</summary>
internal sealed class ProviderUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
