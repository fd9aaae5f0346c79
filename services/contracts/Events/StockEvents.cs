using System.Globalization;

namespace Tandem.Contracts.Events;

/// <summary>A product's stock changed; topic <see cref="Topics.Stock"/>.</summary>
public abstract record StockEvent : IntegrationEvent
{
    public required int ProductId { get; init; }

    public required string Name { get; init; }

    /// <summary>What can still be sold.</summary>
    public required int Quantity { get; init; }

    /// <summary>What could be sold before.</summary>
    public required int Previous { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Subject => ProductId.ToString(CultureInfo.InvariantCulture);

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Topic => Topics.Stock;
}

public sealed record StockUpdated : StockEvent;

/// <summary>Ten or fewer are left.</summary>
public sealed record StockLow : StockEvent;

public sealed record StockOut : StockEvent;
