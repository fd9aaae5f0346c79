namespace Tandem.Order;

/// <summary>What a rule decided: the order as it is afterwards, or why it stays as it was.</summary>
internal readonly record struct Decision(Order Order, string? Refusal = null)
{
    public bool IsRefused => Refusal is not null;

    public static implicit operator Decision(Order order) => new(order);
}
