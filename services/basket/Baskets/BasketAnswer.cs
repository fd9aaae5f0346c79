using System.Text.Json.Serialization;

namespace Tandem.Basket;

/// <summary>How a change of a basket went.</summary>
public enum BasketOutcome
{
    Done,

    /// <summary>The line would have more than a line can hold.</summary>
    TooMany,

    /// <summary>More than there is in stock.</summary>
    BeyondStock,

    /// <summary>The basket has no line of that product.</summary>
    NoSuchLine,

    /// <summary>The basket has as many lines as it can hold, or another currency.</summary>
    DoesNotFit,

    /// <summary>The idempotency key was used for another request.</summary>
    KeyReused,
}

/// <summary>The outcome of a change and the basket as it is afterwards.</summary>
/// <param name="IsNew">The change made the basket.</param>
/// <param name="IsReplayed">The answer was given before, to the same idempotency key.</param>
public sealed record BasketAnswer(BasketOutcome Outcome, string? Detail, BasketView Basket, bool IsNew = false, bool IsReplayed = false)
{
    [JsonIgnore]
    public bool IsDone => Outcome == BasketOutcome.Done;
}

/// <summary>A basket as clients see it.</summary>
public sealed record BasketView(
    string Id,
    string UserId,
    IReadOnlyList<BasketItem> Items,
    decimal Total,
    string Currency,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? UpdatedAt);
