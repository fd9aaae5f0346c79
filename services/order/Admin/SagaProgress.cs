namespace Tandem.Order;

/// <summary>How an order's saga gets on, as operators see it.</summary>
internal enum SagaProgress
{
    /// <summary>A step is done or about to be.</summary>
    Running,

    /// <summary>The present step failed and is tried again by itself.</summary>
    Retrying,

    /// <summary>The order is paid and waits for its shipment.</summary>
    Waiting,

    /// <summary>The present step has failed, or nobody has been at it, for longer than is normal.</summary>
    Stuck,

    /// <summary>There is nothing left to do.</summary>
    Done,
}
