namespace Tandem.Analytics;

/// <summary>A window as clients see it.</summary>
internal sealed record WindowResponse(
    DateTimeOffset Start,
    DateTimeOffset End,
    int Orders,
    decimal Revenue,
    int UniqueUsers,
    decimal AverageOrderValue,
    string Currency,
    bool Closed)
{
    public static WindowResponse From(OrderWindow window) => new(
        window.StartAt, window.EndAt, window.Orders, window.Revenue, window.UniqueUsers, window.AverageOrderValue, window.Currency, window.Sequence is not null);
}
