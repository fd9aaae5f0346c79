using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Reservations;

/// <summary>The reservations' rows.</summary>
internal static class ReservationRows
{
    public static async Task<Reservation?> FindAsync(DbConnection connection, DbTransaction? tx, string orderId, CancellationToken ct)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT status, created_at, expires_at FROM reservations WHERE order_id = @orderId{tx?.ForUpdate()}", new { orderId }, tx, cancellationToken: ct));
        if (row is null)
        {
            return null;
        }

        var items = await connection.QueryAsync<ItemRow>(new CommandDefinition(
            "SELECT product_id, quantity FROM reservation_items WHERE order_id = @orderId ORDER BY product_id", new { orderId }, tx, cancellationToken: ct));
        return new Reservation(
            orderId,
            [.. items.Select(static item => new ReservationItem(item.ProductId, item.Quantity))],
            Enum.Parse<ReservationStatus>(row.Status, ignoreCase: true),
            row.CreatedAt,
            row.ExpiresAt);
    }

    public static async Task AddAsync(DbTransaction tx, Reservation reservation, CancellationToken ct)
    {
        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            "INSERT INTO reservations (order_id, status, created_at, expires_at) VALUES (@OrderId, @Status, @CreatedAt, @ExpiresAt)",
            new { reservation.OrderId, Status = NameOf(reservation.Status), reservation.CreatedAt, reservation.ExpiresAt },
            tx,
            cancellationToken: ct));
        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            "INSERT INTO reservation_items (order_id, product_id, quantity) VALUES (@OrderId, @ProductId, @Quantity)",
            reservation.Items.Select(item => new { reservation.OrderId, item.ProductId, item.Quantity }),
            tx,
            cancellationToken: ct));
    }

    /// <summary>Lets a reservation begin anew.</summary>
    public static Task RenewAsync(DbTransaction tx, Reservation reservation, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            "UPDATE reservations SET status = @Status, created_at = @CreatedAt, expires_at = @ExpiresAt WHERE order_id = @OrderId",
            new { Status = NameOf(reservation.Status), reservation.CreatedAt, reservation.ExpiresAt, reservation.OrderId },
            tx,
            cancellationToken: ct));

    public static Task SaveStatusAsync(DbTransaction tx, Reservation reservation, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            "UPDATE reservations SET status = @Status WHERE order_id = @OrderId",
            new { Status = NameOf(reservation.Status), reservation.OrderId },
            tx,
            cancellationToken: ct));

    public static async Task<IReadOnlyList<string>> FindOverdueAsync(DbConnection connection, DateTimeOffset now, int most, CancellationToken ct)
        => (await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT order_id FROM reservations WHERE status = 'held' AND expires_at <= @now ORDER BY expires_at LIMIT @most",
            new { now, most },
            cancellationToken: ct))).AsList();

    private static string NameOf(ReservationStatus status) => status switch
    {
        ReservationStatus.Held => "held",
        ReservationStatus.Committed => "committed",
        ReservationStatus.Released => "released",
        _ => "expired",
    };

    private sealed class Row
    {
        public string Status { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }
    }

    private sealed class ItemRow
    {
        public int ProductId { get; init; }

        public int Quantity { get; init; }
    }
}
