namespace Tandem.Order;

/// <summary>A line of an order, with the product's name and price of the time of ordering.</summary>
internal sealed record OrderItem(int ProductId, string Name, decimal Price, int Quantity)
{
    public decimal Subtotal => Price * Quantity;
}

/// <summary>Where an order goes.</summary>
internal sealed record Address(string Name, string Street, string City, string? State, string Zip, string Country);

/// <summary>A status that an order reached, when and why.</summary>
internal sealed record StatusChange(OrderStatus Status, DateTimeOffset At, string? Reason);
