using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Stock;

/// <summary>
/// The one place that changes stock: each change is a single statement that the database checks and orders, and leaves its events in the same
/// transaction.
/// </summary>
internal sealed class StockLedger(Database database, Outbox outbox, StockMetrics metrics, TimeProvider time)
{
    /// <summary>Adds to the stock, or takes from it.</summary>
    /// <returns>The change; nothing when there is no such product or it has too little.</returns>
    public async Task<StockChange?> TryChangeAsync(DbTransaction tx, int productId, int delta, CancellationToken ct)
    {
        var row = await tx.Connection!.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            UPDATE products SET stock = stock + @delta, updated_at = @now
            WHERE id = @productId AND CAST(stock AS BIGINT) + @delta BETWEEN 0 AND @largest
            RETURNING name, stock - @delta AS previous, stock AS quantity
            """,
            new { productId, delta, now = time.GetUtcNow(), largest = int.MaxValue },
            tx,
            cancellationToken: ct));
        if (row is null)
        {
            return null;
        }

        var change = new StockChange(productId, row.Name, row.Previous, row.Quantity);
        foreach (var e in change.Events())
        {
            await outbox.AddAsync(tx, e, ct);
            database.AfterCommit(tx, () => metrics.Happened(e));
        }

        return change;
    }

    /// <summary>Says how much there is.</summary>
    /// <returns>The change; nothing when there is no such product.</returns>
    public async Task<StockChange?> SetAsync(DbTransaction tx, int productId, int quantity, CancellationToken ct)
    {
        var previous = await tx.Connection!.ExecuteScalarAsync<int?>(new CommandDefinition(
            $"SELECT stock FROM products WHERE id = @productId{tx.ForUpdate()}", new { productId }, tx, cancellationToken: ct));
        return previous is { } known ? await TryChangeAsync(tx, productId, quantity - known, ct) : null;
    }

    private sealed class Row
    {
        public string Name { get; init; } = "";

        public int Previous { get; init; }

        public int Quantity { get; init; }
    }
}
