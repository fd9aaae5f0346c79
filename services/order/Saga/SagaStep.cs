namespace Tandem.Order;

/// <summary>What an order's saga does next. The first four go forward; the next two take back what may have been done.</summary>
internal enum SagaStep
{
    /// <summary>Reserve the stock of every line.</summary>
    ReserveStock,

    /// <summary>Make the payment and have it processed.</summary>
    TakePayment,

    /// <summary>Commit the reservation and take the ordered goods out of the basket.</summary>
    Settle,

    /// <summary>Wait for the parcel; when shipping says nothing for long, tell it of the order again.</summary>
    Ship,

    /// <summary>Give back, or call off, whatever payment the order has.</summary>
    ReturnPayment,

    /// <summary>Put the stock back.</summary>
    ReleaseStock,

    /// <summary>Nothing: the parcel is on its way, or the order has ended.</summary>
    Done,
}
