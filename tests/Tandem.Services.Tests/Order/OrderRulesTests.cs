using Tandem.Contracts.Events;
using Tandem.Order;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Orders;

public sealed class OrderRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Saga_GoingWell_ReachesPaidAndTellsEachStatus()
    {
        var order = AnOrder().StockReserved(Now).PaymentTaken("p", Now).Settled(Now);

        Assert.Equal(OrderStatus.Paid, order.Status);
        Assert.Equal(SagaStep.Done, order.Saga.Step);
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
        Assert.Same(order, order.Settled(Now));
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
    [InlineData(SagaStep.Done, SagaStep.ReturnPayment)]
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
        var shipped = At(SagaStep.Done).Ship("T1", Now);
        var cancelled = At(SagaStep.ReserveStock).Cancel("x", Now).Order.StockReleased(Now);

        Assert.True(shipped.Cancel("x", Now).IsRefused);
        Assert.True(shipped.Deliver(null, Now).Cancel("x", Now).IsRefused);
        Assert.True(cancelled.Cancel("x", Now).IsRefused);
        Assert.True(AnOrder().StockRefused("short", Now).Cancel("x", Now).IsRefused);
    }

    [Fact]
    public void Cancel_OfPaid_EndsRefundedWithOneEvent()
    {
        var order = At(SagaStep.Done).Cancel("x", Now).Order.PaymentReturned("p", moneyWentBack: true, Now).StockReleased(Now);

        Assert.Equal(OrderStatus.Refunded, order.Status);
        Assert.Equal([OrderStatus.Cancelled, OrderStatus.Refunded], order.History.TakeLast(2).Select(static change => change.Status));
        Assert.Equal("x", Assert.Single(order.Events.OfType<OrderCancelled>()).Reason);
        Assert.True(order.IsFinal);
    }

    [Fact]
    public void Ship_WhileBeingCancelled_ChangesNothing()
    {
        var cancelling = At(SagaStep.Done).Cancel("x", Now).Order;

        Assert.Same(cancelling, cancelling.Ship("T1", Now));
        Assert.Same(cancelling, cancelling.Deliver("T1", Now));
    }

    [Fact]
    public void Deliver_BeforeShippedWasHeard_PassesThroughShipped()
    {
        var delivered = At(SagaStep.Done).Deliver("T1", Now);

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
        _ => AnOrder().StockReserved(Now).PaymentTaken("p", Now).Settled(Now),
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
