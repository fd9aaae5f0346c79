using Tandem.Contracts.Events;
using Tandem.Order;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Orders;

public sealed class OrderRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public void Saga_GoingWell_ReachesPaidAndTellsEachStatus()
    {
        var order = AnOrder().StockReserved(Now).PaymentTaken("p", Now).Settled(Patience, Now);

        Assert.Equal(OrderStatus.Paid, order.Status);
        Assert.Equal(SagaStep.Ship, order.Saga.Step);
        Assert.Equal(SagaStep.Done, order.Ship("T1", Now).Saga.Step);
        Assert.Null(order.PaymentToken);
        Assert.Equal([OrderStatus.Pending, OrderStatus.Reserved, OrderStatus.Paid], order.History.Select(static change => change.Status));
        Assert.Collection(
            order.Events,
            static e => Assert.Equal("pending", Assert.IsType<OrderCreated>(e).Status),
            static e => Assert.Equal("reserved", Assert.IsType<OrderReserved>(e).Status),
            static e => Assert.Equal("paid", Assert.IsType<OrderPaid>(e).Status));
    }

    [Fact]
    public void StepResults_OutOfTurn_ChangeNothing()
    {
        var order = AnOrder();

        Assert.Same(order, order.PaymentTaken("p", Now));
        Assert.Same(order, order.PaymentRefused("p", "no", Now));
        Assert.Same(order, order.PaymentLost("p", "no", Now));
        Assert.Same(order, order.Settled(Patience, Now));
        Assert.Same(order, order.ShipmentMissed(Patience, Now));
        Assert.Same(order, order.Ship("T1", Now));
        Assert.Same(order, order.SettlementRefused("no", Now));
        Assert.Same(order, order.PaymentReturned("p", true, Now));
        Assert.Same(order, order.StockReleased(Now));
        var reserved = order.StockReserved(Now);
        Assert.Same(reserved, reserved.StockReserved(Now));
        Assert.Same(reserved, reserved.StockRefused("no", Now));
    }

    [Theory]
    [InlineData(SagaStep.ReserveStock, SagaStep.ReleaseStock)]
    [InlineData(SagaStep.TakePayment, SagaStep.ReturnPayment)]
    [InlineData(SagaStep.Settle, SagaStep.ReturnPayment)]
    [InlineData(SagaStep.Ship, SagaStep.ReturnPayment)]
    public void Cancel_AtEachStepForward_TakesBackWhatMayHaveHappened(object step, object back)
    {
        var (at, expected) = ((SagaStep)step, (SagaStep)back);
        var cancelled = At(at).Cancel("changed my mind", Now);

        Assert.False(cancelled.IsRefused);
        Assert.Equal(expected, cancelled.Order.Saga.Step);
        Assert.Null(cancelled.Order.PaymentToken);
        Assert.Equal("changed my mind", cancelled.Order.Saga.EndReason);
    }

    [Fact]
    public void Cancel_OnTheWayBack_KeepsTheFirstReason()
    {
        var declined = At(SagaStep.TakePayment).PaymentRefused("p", "card_declined", Now);

        var again = declined.Cancel("changed my mind", Now);

        Assert.False(again.IsRefused);
        Assert.Equal("card_declined", again.Order.Saga.EndReason);
    }

    [Fact]
    public void Cancel_OfWhatLeftOrEnded_IsRefused()
    {
        var shipped = At(SagaStep.Ship).Ship("T1", Now);
        var cancelled = At(SagaStep.ReserveStock).Cancel("x", Now).Order.StockReleased(Now);

        Assert.True(shipped.Cancel("x", Now).IsRefused);
        Assert.True(shipped.Deliver(null, Now).Cancel("x", Now).IsRefused);
        Assert.True(cancelled.Cancel("x", Now).IsRefused);
        Assert.True(AnOrder().StockRefused("short", Now).Cancel("x", Now).IsRefused);
    }

    [Fact]
    public void Cancel_OfPaid_EndsRefundedWithOneEvent()
    {
        var order = At(SagaStep.Ship).Cancel("x", Now).Order.PaymentReturned("p", moneyWentBack: true, Now).StockReleased(Now);

        Assert.Equal(OrderStatus.Refunded, order.Status);
        Assert.Equal([OrderStatus.Cancelled, OrderStatus.Refunded], order.History.TakeLast(2).Select(static change => change.Status));
        Assert.Equal("x", Assert.Single(order.Events.OfType<OrderCancelled>()).Reason);
        Assert.True(order.IsFinal);
    }

    [Fact]
    public void Ship_WhileBeingCancelled_ChangesNothing()
    {
        var cancelling = At(SagaStep.Ship).Cancel("x", Now).Order;

        Assert.Same(cancelling, cancelling.Ship("T1", Now));
        Assert.Same(cancelling, cancelling.Deliver("T1", Now));
    }

    [Fact]
    public void Deliver_BeforeShippedWasHeard_PassesThroughShipped()
    {
        var delivered = At(SagaStep.Ship).Deliver("T1", Now);

        Assert.Equal(OrderStatus.Delivered, delivered.Status);
        Assert.Equal("T1", delivered.TrackingNumber);
        Assert.Equal([OrderStatus.Shipped, OrderStatus.Delivered], delivered.History.TakeLast(2).Select(static change => change.Status));
        Assert.Same(delivered, delivered.Ship("T2", Now));
    }

    [Fact]
    public void Retry_PausesLongerEachTimeUpToHalfAMinute()
    {
        var saga = new SagaState();
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 15; i++)
        {
            saga = saga.Retry("down", jitter: 1, Now);
            pauses.Add(saga.NextAttemptAt - Now);
        }

        Assert.Equal(TimeSpan.FromMilliseconds(100), pauses[0]);
        Assert.Equal(TimeSpan.FromMilliseconds(200), pauses[1]);
        Assert.Equal(TimeSpan.FromSeconds(30), pauses[^1]);
        Assert.Equal(0, saga.Go(SagaStep.Settle, Now).Attempts);
    }

    [Fact]
    public void ShipmentMissed_TellsTheSameEventAgainWithLongerPauses()
    {
        var paid = At(SagaStep.Ship);
        var told = OrderEvents.IdOf(Assert.Single(paid.Events.OfType<OrderPaid>()));
        var order = paid with { Events = [] };
        var now = Now + Patience;
        List<TimeSpan> pauses = [];

        for (var i = 0; i < 7; i++)
        {
            order = order.ShipmentMissed(Patience, now);
            pauses.Add(order.Saga.NextAttemptAt - now);
            now = order.Saga.NextAttemptAt;
        }

        Assert.All(order.Events, e => Assert.Equal(told, OrderEvents.IdOf(Assert.IsType<OrderPaid>(e))));
        Assert.Equal(7, order.Events.Count);
        Assert.Equal([20, 40, 80, 160, 320, 320, 320], pauses.Select(static pause => pause.TotalMinutes));
        Assert.Equal((7, Now + Patience), (order.Saga.Attempts, order.Saga.FailingSince));
        Assert.Equal(OrderStatus.Paid, order.Status);
    }

    [Fact]
    public void ShipmentMissed_LongAfterConsumersForgot_TellsNothing()
    {
        var order = At(SagaStep.Ship) with { Events = [] };

        var missed = order.ShipmentMissed(Patience, Now.AddDays(14));

        Assert.Empty(missed.Events);
        Assert.Equal(1, missed.Saga.Attempts);
    }

    [Fact]
    public void IdOf_Events_IsTheOrdersOwnForEachType()
    {
        var order = AnOrder();
        var paid = At(SagaStep.Ship).Events;

        Assert.All(paid, static e => Assert.True(Ids.IsValid(OrderEvents.IdOf(e))));
        Assert.Equal(3, paid.Select(OrderEvents.IdOf).Distinct().Count());
        Assert.Equal('7', OrderEvents.IdOf(order.Events[0])[14]);
        Assert.Equal(order.Id[..13], OrderEvents.IdOf(order.Events[0])[..13]);
        Assert.NotEqual(OrderEvents.IdOf(order.Events[0]), OrderEvents.IdOf(AnOrder().Events[0]));
    }

    [Theory]
    [InlineData(SagaStep.ReserveStock, 0, 0, SagaProgress.Running)]
    [InlineData(SagaStep.ReserveStock, 0, 61, SagaProgress.Stuck)]
    [InlineData(SagaStep.TakePayment, 2, 59, SagaProgress.Retrying)]
    [InlineData(SagaStep.TakePayment, 2, 60, SagaProgress.Stuck)]
    [InlineData(SagaStep.ReleaseStock, 1, 5, SagaProgress.Retrying)]
    [InlineData(SagaStep.Ship, 0, -600, SagaProgress.Waiting)]
    [InlineData(SagaStep.Ship, 1, 61, SagaProgress.Stuck)]
    [InlineData(SagaStep.Done, 0, 1000, SagaProgress.Done)]
    public void Progress_OfASaga_SaysHowItGetsOn(object step, int attempts, int secondsSince, object expected)
    {
        var since = Now.AddSeconds(-secondsSince);
        var saga = new SagaState { Step = (SagaStep)step, Attempts = attempts, NextAttemptAt = attempts == 0 ? since : Now, FailingSince = attempts == 0 ? null : since };

        Assert.Equal((SagaProgress)expected, saga.Progress(TimeSpan.FromMinutes(1), Now));
    }

    [Fact]
    public void Resume_OfWhatFails_TriesItNowWhoeverHoldsIt()
    {
        var failing = At(SagaStep.Settle);
        failing = failing with { Saga = failing.Saga.Retry("down", 1, Now) with { LeaseOwner = "gone", LeaseUntil = Now.AddHours(1) } };

        var resumed = failing.Resume(TimeSpan.FromMinutes(1), Now).Order;

        Assert.Equal(Now, resumed.Saga.NextAttemptAt);
        Assert.True(resumed.Saga.IsFreeFor("me", Now));
        Assert.Equal((1, "down"), (resumed.Saga.Attempts, resumed.Saga.LastError));
        Assert.True(At(SagaStep.Settle).Resume(TimeSpan.FromMinutes(1), Now).IsRefused);
        Assert.True(At(SagaStep.Ship).Resume(TimeSpan.FromMinutes(1), Now).IsRefused);
        Assert.True(AnOrder().StockRefused("short", Now).Resume(TimeSpan.FromMinutes(1), Now).IsRefused);
    }

    [Theory]
    [InlineData(null, 60, true)]
    [InlineData("me", 60, true)]
    [InlineData("other", 60, false)]
    [InlineData("other", 0, true)]
    public void Lease_KeepsOthersAwayUntilItIsOver(string? owner, int secondsLeft, bool expected)
        => Assert.Equal(expected, new SagaState { LeaseOwner = owner, LeaseUntil = Now.AddSeconds(secondsLeft) }.IsFreeFor("me", Now));

    private static Tandem.Order.Order At(SagaStep step) => step switch
    {
        SagaStep.ReserveStock => AnOrder(),
        SagaStep.TakePayment => AnOrder().StockReserved(Now),
        SagaStep.Settle => AnOrder().StockReserved(Now).PaymentTaken("p", Now),
        _ => AnOrder().StockReserved(Now).PaymentTaken("p", Now).Settled(Patience, Now),
    };

    private static Tandem.Order.Order AnOrder() => new Tandem.Order.Order
    {
        Id = Ids.New(),
        UserId = Ids.New(),
        Items = [new OrderItem(1, "Cup", 10m, 2)],
        Total = 20m,
        Currency = "USD",
        ShippingAddress = new Address("Ann", "1 Main St", "Springfield", null, "62701", "US"),
        PaymentType = "card",
        PaymentToken = "tok_visa",
        CreatedAt = Now,
        UpdatedAt = Now,
    }.Place(Now);
}
