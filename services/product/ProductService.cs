namespace Tandem.Product;

/// <summary>Names this assembly to whoever hosts it.</summary>
public sealed class ProductService;
