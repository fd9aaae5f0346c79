using Tandem.Contracts.Events;

namespace Tandem.Product.Stock;

/// <summary>What happened to the stock of one product.</summary>
internal sealed record StockChange(int ProductId, string Name, int Previous, int Quantity)
{
    /// <summary>At this many, people should know.</summary>
    public const int Low = 10;

    /// <summary>What the mesh is told: every change; and once each, that it became little and that it ran out.</summary>
    public IEnumerable<StockEvent> Events()
    {
        if (Quantity == Previous)
        {
            yield break;
        }

        yield return new StockUpdated { ProductId = ProductId, Name = Name, Quantity = Quantity, Previous = Previous };
        if (Quantity == 0)
        {
            yield return new StockOut { ProductId = ProductId, Name = Name, Quantity = Quantity, Previous = Previous };
        }
        else if (Quantity <= Low && Previous > Low)
        {
            yield return new StockLow { ProductId = ProductId, Name = Name, Quantity = Quantity, Previous = Previous };
        }
    }
}
