namespace Tandem.Contracts.Events;

/// <summary>One line of a basket as events carry it.</summary>
public sealed record BasketLine(int ProductId, string Name, decimal Price, int Quantity);

/// <summary>Something happened to a basket; topic <see cref="Topics.Baskets"/>.</summary>
public abstract record BasketEvent : IntegrationEvent
{
    public required string UserId { get; init; }

    public required string BasketId { get; init; }

    public required IReadOnlyList<BasketLine> Items { get; init; }

    public required decimal Total { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Subject => BasketId;

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Topic => Topics.Baskets;
}

public sealed record BasketCleared : BasketEvent;

public sealed record BasketAbandoned : BasketEvent;
