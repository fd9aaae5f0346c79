namespace Tandem.Payment;

/// <summary>Which payments a list shows; what is <see langword="null"/> does not matter.</summary>
internal sealed record PaymentFilter(string? UserId, string? OrderId, PaymentStatus? Status);
