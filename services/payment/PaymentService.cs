namespace Tandem.Payment;

/// <summary>Names this assembly to whoever hosts it.</summary>
public sealed class PaymentService;
