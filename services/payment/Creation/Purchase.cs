namespace Tandem.Payment;

/// <summary>What a payment is for, once it is known what that costs.</summary>
internal sealed record Purchase(decimal Amount, string Currency, IReadOnlyList<PaymentItem> Items)
{
    /// <summary>What an empty basket costs.</summary>
    public static Purchase Nothing { get; } = new(0, "USD", []);
}
