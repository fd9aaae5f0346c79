using Tandem.Contracts.Events;

namespace Tandem.Basket;

/// <summary>
/// An event that was stored with the change that made it and still has to be published: actors have no relational outbox, so this is theirs.
/// </summary>
/// <param name="Cause">The trace that it belongs to; a basket of an earlier version has none.</param>
public sealed record PendingEvent(string Id, string Type, string UserId, IReadOnlyList<BasketItem> Items, string? Cause = null)
{
    internal BasketEvent ToEvent()
    {
        IReadOnlyList<BasketLine> lines = [.. Items.Select(static item => new BasketLine(item.ProductId, item.Name, item.Price, item.Quantity))];
        var total = Items.Sum(static item => item.Subtotal);
        return Type switch
        {
            nameof(BasketCleared) => new BasketCleared { UserId = UserId, BasketId = UserId, Items = lines, Total = total },
            nameof(BasketAbandoned) => new BasketAbandoned { UserId = UserId, BasketId = UserId, Items = lines, Total = total },
            _ => throw new InvalidOperationException($"Unknown basket event {Type}."),
        };
    }
}
