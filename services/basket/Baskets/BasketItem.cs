namespace Tandem.Basket;

/// <summary>A line of a basket: what the product was called and cost when it was put in.</summary>
public sealed record BasketItem(int ProductId, string Name, string Category, decimal Price, int Quantity)
{
    public decimal Subtotal => Price * Quantity;
}
