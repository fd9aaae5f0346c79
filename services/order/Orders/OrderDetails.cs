using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>The lines and the history of orders, in tables of their own.</summary>
internal static class OrderDetails
{
    /// <summary>Reads what belongs to the rows, with two queries for all of them.</summary>
    public static async Task<IReadOnlyList<Order>> CompleteAsync(DbTransaction tx, IReadOnlyList<OrderRow> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var ids = rows.Select(static row => row.Id).ToArray();
        var connection = tx.Connection!;
        var isOneOfThem = connection.In("order_id", "ids");
        var items = (await connection.QueryAsync<ItemRow>(
            $"SELECT order_id, product_id, name, price_cents, quantity FROM order_items WHERE {isOneOfThem} ORDER BY order_id, line", new { ids }, tx))
            .ToLookup(static item => item.OrderId, StringComparer.Ordinal);
        var history = (await connection.QueryAsync<HistoryRow>(
            $"SELECT order_id, status, at, reason FROM order_history WHERE {isOneOfThem} ORDER BY order_id, position", new { ids }, tx))
            .ToLookup(static change => change.OrderId, StringComparer.Ordinal);
        return [.. rows.Select(row => row.ToOrder(
            [.. items[row.Id].Select(static item => new OrderItem(item.ProductId, item.Name, Stored.Amount(item.PriceCents), item.Quantity))],
            [.. history[row.Id].Select(static change => new StatusChange(Stored.Parse<OrderStatus>(change.Status), Stored.Time(change.At), change.Reason))]))];
    }

    public static Task AddItemsAsync(DbTransaction tx, Order order) => tx.Connection!.ExecuteAsync(
        "INSERT INTO order_items (order_id, line, product_id, name, price_cents, quantity) VALUES (@OrderId, @Line, @ProductId, @Name, @PriceCents, @Quantity)",
        order.Items.Select((item, index) => new
        {
            OrderId = order.Id,
            Line = index,
            item.ProductId,
            item.Name,
            PriceCents = Stored.Cents(item.Price),
            item.Quantity,
        }),
        tx);

    /// <summary>Adds the changes after those that are stored already: history only grows.</summary>
    public static Task AddHistoryAsync(DbTransaction tx, Order order, int known) => tx.Connection!.ExecuteAsync(
        "INSERT INTO order_history (order_id, position, status, at, reason) VALUES (@OrderId, @Position, @Status, @At, @Reason)",
        order.History.Skip(known).Select((change, index) => new
        {
            OrderId = order.Id,
            Position = known + index,
            Status = Stored.Name(change.Status),
            At = Stored.Time(change.At),
            change.Reason,
        }),
        tx);

    private sealed class ItemRow
    {
        public string OrderId { get; init; } = "";

        public int ProductId { get; init; }

        public string Name { get; init; } = "";

        public long PriceCents { get; init; }

        public int Quantity { get; init; }
    }

    private sealed class HistoryRow
    {
        public string OrderId { get; init; } = "";

        public string Status { get; init; } = "";

        public long At { get; init; }

        public string? Reason { get; init; }
    }
}
