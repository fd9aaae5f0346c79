namespace Tandem.Order;

/// <summary>Where an order stands; on the wire and in the database in lower snake case.</summary>
internal enum OrderStatus
{
    Pending,
    Reserved,
    Paid,
    Shipped,
    Delivered,
    Rejected,
    Cancelled,
    Refunded,
}
