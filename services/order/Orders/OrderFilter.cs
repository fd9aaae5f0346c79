namespace Tandem.Order;

/// <summary>Which orders a list shows; what is <see langword="null"/> does not matter.</summary>
internal sealed record OrderFilter(string? UserId, OrderStatus? Status);
