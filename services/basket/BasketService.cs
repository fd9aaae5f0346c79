namespace Tandem.Basket;

/// <summary>Names this assembly to whoever hosts it.</summary>
public sealed class BasketService;
