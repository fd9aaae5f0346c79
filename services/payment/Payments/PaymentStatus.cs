namespace Tandem.Payment;

/// <summary>Where a payment stands; on the wire and in the database in lower snake case.</summary>
internal enum PaymentStatus
{
    Pending,
    Processing,
    Completed,
    Failed,
    Cancelled,
    Refunded,
    PartiallyRefunded,
    Expired,
}
