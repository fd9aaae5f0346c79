namespace Tandem.Payment;

/// <summary>What a rule decided: the payment as it is afterwards, or why it stays as it was.</summary>
internal readonly record struct Decision(Payment Payment, string? Refusal = null)
{
    public bool IsRefused => Refusal is not null;

    public static implicit operator Decision(Payment payment) => new(payment);
}
