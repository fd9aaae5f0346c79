using System.Net;
using Tandem.Contracts.Events;
using Tandem.Product.Reservations;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Product;

public sealed class ReservationExpiryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Reservation_NotCommittedInFifteenMinutes_GivesTheStockBack()
    {
        var clock = new ManualTimeProvider();
        await using var application = new ProductApplication { Clock = clock };
        await application.StartAsync();
        var id = await application.AddProductAsync(10);
        using var order = application.CreateServiceClient("order");
        var (forgotten, sold) = (Ids.New(), Ids.New());
        await order.PostAsync("/products/reservations", Wish(forgotten, id, 4), HttpStatusCode.Created);
        await order.PostAsync("/products/reservations", Wish(sold, id, 1), HttpStatusCode.Created);
        await order.PostAsync($"/products/reservations/{sold}/commit", null, HttpStatusCode.OK);

        clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(5, await application.StockOfAsync(id));
        clock.Advance(TimeSpan.FromMinutes(2));
        await application.Sidecar.WaitForAsync<StockUpdated>(e => e.ProductId == id && e is { Previous: 5, Quantity: 9 });

        Assert.Equal(9, await application.StockOfAsync(id));
        await order.PostAsync($"/products/reservations/{forgotten}/commit", null, HttpStatusCode.Conflict);

        // The order comes late and still wants its goods: it gets them anew, for another quarter of an hour, while there are any.
        var again = await order.PostAsync("/products/reservations", Wish(forgotten, id, 4), HttpStatusCode.Created);
        Assert.Equal("held", again.Text("status"));
        Assert.Equal(again.GetProperty("createdAt").GetDateTimeOffset().AddMinutes(15), again.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal(5, await application.StockOfAsync(id));
        await order.PostAsync($"/products/reservations/{forgotten}/commit", null, HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(5, await application.StockOfAsync(id));
    }

    [Fact]
    public async Task Reservation_ThatRanOut_IsNotTakenAgainBeyondTheStock()
    {
        var clock = new ManualTimeProvider();
        await using var application = new ProductApplication { Clock = clock };
        await application.StartAsync();
        var id = await application.AddProductAsync(4);
        using var order = application.CreateServiceClient("order");
        var (late, quick) = (Ids.New(), Ids.New());
        await order.PostAsync("/products/reservations", Wish(late, id, 4), HttpStatusCode.Created);
        clock.Advance(TimeSpan.FromMinutes(16));
        await application.Sidecar.WaitForAsync<StockUpdated>(e => e.ProductId == id && e is { Previous: 0, Quantity: 4 });
        await order.PostAsync("/products/reservations", Wish(quick, id, 1), HttpStatusCode.Created);

        await order.PostAsync("/products/reservations", Wish(late, id, 4), HttpStatusCode.Conflict);

        Assert.Equal(3, await application.StockOfAsync(id));
        Assert.Equal("expired", (await order.GetAsync($"/products/reservations/{late}", HttpStatusCode.OK)).Text("status"));
    }

    [Fact]
    public void TryExpire_OnlyOfHeldAndOverdue_GivesStockBack()
    {
        var held = Reservation.Create(Ids.New(), [new(1, 1)], Now);
        var committed = Reservation.Create(Ids.New(), [new(1, 1)], Now);
        Assert.True(committed.TryCommit());

        Assert.False(held.TryExpire(Now + Reservation.Lifetime - TimeSpan.FromTicks(1)));
        Assert.True(held.TryExpire(Now + Reservation.Lifetime));
        Assert.False(held.TryExpire(Now + Reservation.Lifetime));
        Assert.False(committed.TryExpire(Now + Reservation.Lifetime));
        Assert.True(held.MayBeRenewed);
        Assert.False(held.TryCommit());
        Assert.True(committed.TryRelease());
        Assert.False(committed.TryRelease());
        Assert.False(committed.TryCommit());
        Assert.False(committed.MayBeRenewed);
    }

    [Fact]
    public void Create_WithSeveralLinesOfOneProduct_AddsThemUp()
    {
        var id = Ids.New();

        var reservation = Reservation.Create(id, [new(2, 1), new(1, 5), new(2, 3)], Now);

        Assert.Equal([new ReservationItem(1, 5), new ReservationItem(2, 4)], reservation.Items);
        Assert.True(reservation.IsSameAs(Reservation.Create(id, [new(1, 5), new(2, 4)], Now.AddDays(1))));
        Assert.False(reservation.IsSameAs(Reservation.Create(id, [new(1, 5), new(2, 5)], Now)));
    }

    private static object Wish(string orderId, int productId, int quantity) => new { orderId, items = new[] { new { productId, quantity } } };
}
