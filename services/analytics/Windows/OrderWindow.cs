namespace Tandem.Analytics;

/// <summary>The orders paid within one minute in one currency.</summary>
internal sealed class OrderWindow
{
    /// <summary>How long a window is.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    public DateTimeOffset StartAt { get; init; }

    public string Currency { get; init; } = "";

    public int Orders { get; init; }

    public long RevenueCents { get; init; }

    public int UniqueUsers { get; init; }

    /// <summary>The place in the order of closing; nothing while the window is open.</summary>
    public long? Sequence { get; init; }

    public DateTimeOffset EndAt => StartAt + Length;

    public decimal Revenue => RevenueCents / 100m;

    public decimal AverageOrderValue => Average(RevenueCents, Orders);

    /// <summary>Where the window of this moment begins.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % Length.Ticks), TimeSpan.Zero);

    /// <summary>An average with two places.</summary>
    public static decimal Average(long cents, long orders)
        => orders == 0 ? 0 : Math.Round(cents / 100m / orders, 2, MidpointRounding.AwayFromZero);
}
