using System.Data.Common;
using Dapper;
using Tandem.Product.Stock;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Reservations;

/// <summary>Reserves, commits and gives back, each in one transaction with the stock that it moves.</summary>
internal sealed class ReservationDesk(Database database, StockLedger ledger, TimeProvider time)
{
    /// <summary>Sets everything aside or nothing. The same wish again gets what it got.</summary>
    public async Task<ReserveResult> ReserveAsync(string orderId, IEnumerable<ReservationItem> items, CancellationToken ct)
    {
        var wanted = Reservation.Create(orderId, items, time.GetUtcNow());
        try
        {
            return await database.WriteAsync(tx => ReserveAsync(tx, wanted, ct), ct);
        }
        catch (ShortException shortage)
        {
            return new ReserveResult.TooLittle(shortage.Shortages);
        }
    }

    /// <summary>The order's reservation.</summary>
    public async Task<Reservation?> FindAsync(string orderId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await ReservationRows.FindAsync(connection, null, orderId, ct);
    }

    /// <summary>Orders that kept stock for longer than they may.</summary>
    public async Task<IReadOnlyList<string>> FindOverdueAsync(int most, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await ReservationRows.FindOverdueAsync(connection, time.GetUtcNow(), most, ct);
    }

    /// <summary>Makes the reservation a sale.</summary>
    /// <returns>The reservation, whatever its status; nothing when there is none.</returns>
    public Task<Reservation?> CommitAsync(string orderId, CancellationToken ct)
        => ChangeAsync(orderId, static reservation => reservation.TryCommit(), givesBack: false, ct);

    /// <summary>Gives the stock back.</summary>
    /// <returns>The reservation; nothing when there is none.</returns>
    public Task<Reservation?> ReleaseAsync(string orderId, CancellationToken ct)
        => ChangeAsync(orderId, static reservation => reservation.TryRelease(), givesBack: true, ct);

    /// <summary>Gives back what nobody came for.</summary>
    public Task<Reservation?> ExpireAsync(string orderId, CancellationToken ct)
        => ChangeAsync(orderId, reservation => reservation.TryExpire(time.GetUtcNow()), givesBack: true, ct);

    private async Task<ReserveResult> ReserveAsync(DbTransaction tx, Reservation wanted, CancellationToken ct)
    {
        // The same wish twice at once: the second waits, and finds what the first made.
        await tx.LockAsync($"reservation {wanted.OrderId}", ct);
        if (await ReservationRows.FindAsync(tx.Connection!, tx, wanted.OrderId, ct) is { } existing)
        {
            if (!existing.IsSameAs(wanted))
            {
                return new ReserveResult.Refused("The order has a reservation of other items.");
            }

            if (existing.HoldsStock)
            {
                return new ReserveResult.Done(existing);
            }

            if (!existing.MayBeRenewed)
            {
                return new ReserveResult.Refused("The order's reservation was given back.");
            }

            await TakeAsync(tx, wanted, ct);
            await ReservationRows.RenewAsync(tx, wanted, ct);
            return new ReserveResult.Done(wanted);
        }

        await TakeAsync(tx, wanted, ct);
        await ReservationRows.AddAsync(tx, wanted, ct);
        return new ReserveResult.Done(wanted);
    }

    private async Task TakeAsync(DbTransaction tx, Reservation wanted, CancellationToken ct)
    {
        List<Shortage> shortages = [];
        foreach (var item in wanted.Items)
        {
            if (await ledger.TryChangeAsync(tx, item.ProductId, -item.Quantity, ct) is null)
            {
                shortages.Add(await ShortageOfAsync(tx, item, ct));
            }
        }

        if (shortages.Count > 0)
        {
            // What was taken for the other items goes back with the transaction, and their events with it.
            throw new ShortException(shortages);
        }
    }

    private Task<Reservation?> ChangeAsync(string orderId, Func<Reservation, bool> change, bool givesBack, CancellationToken ct)
        => database.WriteAsync(
            async tx =>
            {
                if (await ReservationRows.FindAsync(tx.Connection!, tx, orderId, ct) is not { } reservation)
                {
                    return null;
                }

                if (change(reservation))
                {
                    await ReservationRows.SaveStatusAsync(tx, reservation, ct);
                    foreach (var item in givesBack ? reservation.Items : [])
                    {
                        // A product that was taken out of the catalogue meanwhile has no stock to go back to.
                        _ = await ledger.TryChangeAsync(tx, item.ProductId, item.Quantity, ct);
                    }
                }

                return reservation;
            },
            ct);

    private static async Task<Shortage> ShortageOfAsync(DbTransaction tx, ReservationItem item, CancellationToken ct)
    {
        var (name, stock) = await tx.Connection!.QuerySingleOrDefaultAsync<(string? Name, int Stock)>(new CommandDefinition(
            "SELECT name, stock FROM products WHERE id = @ProductId", new { item.ProductId }, tx, cancellationToken: ct));
        return new Shortage(item.ProductId, name, item.Quantity, stock);
    }

    /// <summary>Rolls the transaction back; never leaves this class.</summary>
    private sealed class ShortException(IReadOnlyList<Shortage> shortages) : Exception("There is too little stock.")
    {
        public IReadOnlyList<Shortage> Shortages { get; } = shortages;
    }
}

/// <summary>What came of a wish to reserve.</summary>
internal abstract record ReserveResult
{
    internal sealed record Done(Reservation Reservation) : ReserveResult;

    internal sealed record TooLittle(IReadOnlyList<Shortage> Shortages) : ReserveResult;

    internal sealed record Refused(string Reason) : ReserveResult;
}
