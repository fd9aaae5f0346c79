namespace Tandem.Product.Reservations;

/// <summary>One product of a reservation.</summary>
internal sealed record ReservationItem(int ProductId, int Quantity);

/// <summary>How a reservation stands.</summary>
internal enum ReservationStatus
{
    /// <summary>The stock is set aside for a while.</summary>
    Held,

    /// <summary>The stock is sold.</summary>
    Committed,

    /// <summary>The stock went back because the order wanted it so.</summary>
    Released,

    /// <summary>The stock went back because nobody came.</summary>
    Expired,
}

/// <summary>Stock set aside for an order: all of it or none, for a quarter of an hour, until it is sold or given back.</summary>
internal sealed class Reservation(string orderId, IReadOnlyList<ReservationItem> items, ReservationStatus status, DateTimeOffset createdAt, DateTimeOffset expiresAt)
{
    /// <summary>How long stock is kept for an order that nobody commits.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    public string OrderId { get; } = orderId;

    /// <summary>By product, in the order of their ids, so that equal wishes look equal.</summary>
    public IReadOnlyList<ReservationItem> Items { get; } = items;

    public ReservationStatus Status { get; private set; } = status;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset ExpiresAt { get; } = expiresAt;

    /// <summary>Whether the stock is off the shelf.</summary>
    public bool HoldsStock => Status is ReservationStatus.Held or ReservationStatus.Committed;

    /// <summary>
    /// Whether the same wish may take the stock anew. When the time ran out, an order that comes late still wants its goods; one that gave them
    /// back does not, and a request of it that was under way for long must not take them again.
    /// </summary>
    public bool MayBeRenewed => Status == ReservationStatus.Expired;

    /// <summary>A new reservation; several lines of one product become one.</summary>
    public static Reservation Create(string orderId, IEnumerable<ReservationItem> wanted, DateTimeOffset now)
    {
        // As exact as databases keep times, so that the first answer and its repetitions agree.
        var createdAt = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return new Reservation(
            orderId,
            [.. wanted.GroupBy(static item => item.ProductId)
                .Select(static group => new ReservationItem(group.Key, group.Sum(static item => item.Quantity)))
                .OrderBy(static item => item.ProductId)],
            ReservationStatus.Held,
            createdAt,
            createdAt + Lifetime);
    }

    /// <summary>Whether the other asks for just the same.</summary>
    public bool IsSameAs(Reservation other) => OrderId == other.OrderId && Items.SequenceEqual(other.Items);

    /// <summary>Makes the sale final. Doing it again changes nothing.</summary>
    /// <returns>Whether the stock is the order's; it is not when it has gone back.</returns>
    public bool TryCommit()
    {
        if (HoldsStock)
        {
            Status = ReservationStatus.Committed;
        }

        return HoldsStock;
    }

    /// <summary>Gives the stock back, also that of a sale that was undone.</summary>
    /// <returns>Whether there was stock to give back.</returns>
    public bool TryRelease() => TryEnd(HoldsStock, ReservationStatus.Released);

    /// <summary>Gives back what nobody came for.</summary>
    /// <returns>Whether there was stock to give back.</returns>
    public bool TryExpire(DateTimeOffset now) => TryEnd(Status == ReservationStatus.Held && now >= ExpiresAt, ReservationStatus.Expired);

    private bool TryEnd(bool mayEnd, ReservationStatus end)
    {
        if (mayEnd)
        {
            Status = end;
        }

        return mayEnd;
    }
}
