namespace Tandem.Order;

/// <summary>Names this assembly to whoever hosts it.</summary>
public sealed class OrderService;
