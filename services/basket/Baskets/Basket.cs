using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary>
/// A user's basket and its rules: 1 to 99 of a product, never more than there is in stock when it is put in, one currency. It never changes:
/// a rule answers with the next one, and with it the events that must be published once it is stored.
/// </summary>
public sealed record Basket
{
    /// <summary>The most of one product.</summary>
    public const int MostOfOne = 99;

    /// <summary>The most lines.</summary>
    public const int MostLines = 100;

    private const string DefaultCurrency = "USD";
    private const int RememberedOrders = 32;

    /// <summary>Whose it is; a user has one basket, so this is the basket's id too.</summary>
    public required string UserId { get; init; }

    public IReadOnlyList<BasketItem> Items { get; init; } = [];

    public string Currency { get; init; } = DefaultCurrency;

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>When the basket was given up by its user; unset again by the next change.</summary>
    public DateTimeOffset? AbandonedAt { get; init; }

    /// <summary>Whether the reminder that looks after an idle basket is set.</summary>
    public bool IsWatched { get; init; }

    /// <summary>The latest orders that were checked out of this basket, so that a repeated check-out changes nothing.</summary>
    public IReadOnlyList<string> CheckedOut { get; init; } = [];

    /// <summary>What still has to be published.</summary>
    public IReadOnlyList<PendingEvent> Pending { get; init; } = [];

    internal decimal Total => Items.Sum(static item => item.Subtotal);

    /// <summary>The basket of a user who has none yet.</summary>
    internal static Basket Empty(string userId) => new() { UserId = userId };

    /// <summary>Makes the basket exist.</summary>
    internal Basket Create(DateTimeOffset now) => CreatedAt is null ? this with { CreatedAt = now, UpdatedAt = now } : this;

    /// <summary>Adds to the product's line, or makes one. The line takes the product's name and price of this moment.</summary>
    internal BasketChange Add(ProductOffer product, int quantity, DateTimeOffset now)
    {
        var line = Items.FirstOrDefault(item => item.ProductId == product.Id);
        if (line is null && Items.Count >= MostLines)
        {
            return Refuse(BasketOutcome.DoesNotFit, $"A basket holds at most {MostLines} different products.");
        }

        if (Items.Any(item => item.ProductId != product.Id) && Currency != product.Currency)
        {
            return Refuse(BasketOutcome.DoesNotFit, $"The basket is in {Currency}, the product in {product.Currency}.");
        }

        return Put(product, (line?.Quantity ?? 0) + quantity, now);
    }

    /// <summary>Sets the quantity of a line that is there.</summary>
    internal BasketChange SetQuantity(ProductOffer product, int quantity, DateTimeOffset now)
        => Items.Any(item => item.ProductId == product.Id) ? Put(product, quantity, now) : NoSuchLine(product.Id);

    /// <summary>Takes a line out.</summary>
    internal BasketChange Remove(int productId, DateTimeOffset now)
        => Items.Any(item => item.ProductId == productId)
            ? new BasketChange(Touch(now) with { Items = [.. Items.Where(item => item.ProductId != productId)] })
            : NoSuchLine(productId);

    /// <summary>Takes everything out; an empty basket has nothing to tell.</summary>
    internal Basket Clear(string eventId, DateTimeOffset now) => Items.Count == 0
        ? this
        : Touch(now) with { Items = [], Pending = [.. Pending, new PendingEvent(eventId, nameof(BasketCleared), UserId, Items, Causes.Current)] };

    /// <summary>
    /// Takes out what was ordered, and no more: what the user has put in since stays. The same order changes the basket once.
    /// </summary>
    internal Basket CheckOut(string orderId, IReadOnlyList<OrderedItem> ordered, string eventId, DateTimeOffset now)
    {
        if (CheckedOut.Contains(orderId))
        {
            return this;
        }

        var remembered = this with { CheckedOut = [.. CheckedOut.TakeLast(RememberedOrders - 1), orderId] };
        var wanted = ordered.GroupBy(static item => item.ProductId).ToDictionary(static group => group.Key, static group => group.Sum(static item => item.Quantity));
        List<BasketItem> taken = [];
        List<BasketItem> left = [];
        foreach (var item in Items)
        {
            var quantity = Math.Min(item.Quantity, wanted.GetValueOrDefault(item.ProductId));
            if (quantity > 0)
            {
                taken.Add(item with { Quantity = quantity });
            }

            if (quantity < item.Quantity)
            {
                left.Add(item with { Quantity = item.Quantity - quantity });
            }
        }

        return taken.Count == 0
            ? remembered
            : remembered.Touch(now) with { Items = left, Pending = [.. Pending, new PendingEvent(eventId, nameof(BasketCleared), UserId, taken, Causes.Current)] };
    }

    /// <summary>Marks a basket that nobody touches any more; once, until it is changed again.</summary>
    internal Basket Abandon(string eventId, DateTimeOffset now) => Items.Count == 0 || AbandonedAt is not null
        ? this
        : this with { AbandonedAt = now, Pending = [.. Pending, new PendingEvent(eventId, nameof(BasketAbandoned), UserId, Items, Causes.Current)] };

    /// <summary>An event is out.</summary>
    internal Basket Published(string eventId) => this with { Pending = [.. Pending.Where(pending => pending.Id != eventId)] };

    internal BasketView View() => new(UserId, UserId, Items, Total, Currency, CreatedAt, UpdatedAt);

    private BasketChange Put(ProductOffer product, int quantity, DateTimeOffset now)
    {
        if (quantity > MostOfOne)
        {
            return Refuse(BasketOutcome.TooMany, $"A basket holds at most {MostOfOne} of a product; this would make {quantity}.");
        }

        if (quantity > product.StockQuantity)
        {
            return Refuse(BasketOutcome.BeyondStock, $"Only {product.StockQuantity} of {product.Name} are in stock.");
        }

        var line = new BasketItem(product.Id, product.Name, product.Category, product.Price, quantity);
        IReadOnlyList<BasketItem> items = Items.Any(item => item.ProductId == product.Id)
            ? [.. Items.Select(item => item.ProductId == product.Id ? line : item)]
            : [.. Items, line];
        return new BasketChange(Touch(now) with { Items = items, Currency = product.Currency });
    }

    private Basket Touch(DateTimeOffset now) => this with { CreatedAt = CreatedAt ?? now, UpdatedAt = now, AbandonedAt = null };

    private BasketChange NoSuchLine(int productId) => Refuse(BasketOutcome.NoSuchLine, $"Product {productId} is not in the basket.");

    private BasketChange Refuse(BasketOutcome outcome, string detail) => new(this, outcome, detail);
}

/// <summary>What a rule decided: the basket as it is afterwards, or why it stays as it was.</summary>
internal readonly record struct BasketChange(Basket Basket, BasketOutcome Outcome = BasketOutcome.Done, string? Detail = null);
