namespace Tandem.Payment;

/// <summary>One line of what is paid for, as it was when the payment was made.</summary>
internal sealed record PaymentItem(int? ProductId, string Name, decimal Price, int Quantity);
