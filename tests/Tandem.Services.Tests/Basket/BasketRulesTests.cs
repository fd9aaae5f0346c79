using Tandem.Basket;
using Tandem.Contracts.Events;

namespace Tandem.Services.Tests.Baskets;

public sealed class BasketRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Add_Twice_MakesOneLineWithTheLatestPrice()
    {
        var basket = Filled((1, 2)).Add(Offer(1, price: 12m), 3, Now.AddHours(1)).Basket;

        var line = Assert.Single(basket.Items);
        Assert.Equal((5, 12m, 60m), (line.Quantity, line.Price, line.Subtotal));
        Assert.Equal(60m, basket.Total);
        Assert.Equal(Now, basket.CreatedAt);
        Assert.Equal(Now.AddHours(1), basket.UpdatedAt);
    }

    [Theory]
    [InlineData(90, 9, 200, BasketOutcome.Done)]
    [InlineData(90, 10, 200, BasketOutcome.TooMany)]
    [InlineData(90, 10, 95, BasketOutcome.TooMany)]
    [InlineData(3, 2, 5, BasketOutcome.Done)]
    [InlineData(3, 3, 5, BasketOutcome.BeyondStock)]
    public void Add_ToALine_KeepsToItsLimits(int there, int added, int stock, BasketOutcome expected)
    {
        var basket = Filled((1, there));

        var change = basket.Add(Offer(1, stock), added, Now);

        Assert.Equal(expected, change.Outcome);
        Assert.Equal(expected == BasketOutcome.Done ? there + added : there, change.Basket.Items[0].Quantity);
    }

    [Fact]
    public void Add_OfAnotherCurrencyOrBeyondALinesLimit_DoesNotFit()
    {
        var full = Filled([.. Enumerable.Range(1, Tandem.Basket.Basket.MostLines).Select(static id => (id, 1))]);

        Assert.Equal(BasketOutcome.DoesNotFit, full.Add(Offer(1000), 1, Now).Outcome);
        Assert.Equal(BasketOutcome.Done, full.Add(Offer(1), 1, Now).Outcome);
        Assert.Equal(BasketOutcome.DoesNotFit, Filled((1, 1)).Add(Offer(2) with { Currency = "EUR" }, 1, Now).Outcome);
    }

    [Fact]
    public void SetQuantityAndRemove_OfNoLine_AreRefused()
    {
        var basket = Filled((1, 2));

        Assert.Equal(BasketOutcome.NoSuchLine, basket.SetQuantity(Offer(2), 1, Now).Outcome);
        Assert.Equal(BasketOutcome.NoSuchLine, basket.Remove(2, Now).Outcome);
        Assert.Equal(7, basket.SetQuantity(Offer(1), 7, Now).Basket.Items[0].Quantity);
        Assert.Equal(BasketOutcome.BeyondStock, basket.SetQuantity(Offer(1, stock: 6), 7, Now).Outcome);
        Assert.Empty(basket.Remove(1, Now).Basket.Items);
    }

    [Fact]
    public void Clear_TellsOnceWhatWasThere_AndNothingWhenEmpty()
    {
        var cleared = Filled((1, 2), (2, 1)).Clear("e1", Now);

        var told = Assert.IsType<BasketCleared>(Assert.Single(cleared.Pending).ToEvent());
        Assert.Equal(30m, told.Total);
        Assert.Equal([1, 2], told.Items.Select(static item => item.ProductId));
        Assert.Equal("e1", cleared.Pending[0].Id);
        Assert.Same(cleared, cleared.Clear("e2", Now));
        Assert.Empty(cleared.Published("e1").Pending);
    }

    [Fact]
    public void CheckOut_OfTheSameOrderAgain_ChangesNothing()
    {
        var order = new[] { new OrderedItem(1, 2) };
        var once = Filled((1, 2)).CheckOut("o1", order, "e1", Now);

        var refilled = once.Add(Offer(1), 2, Now).Basket;
        var again = refilled.CheckOut("o1", order, "e2", Now);

        Assert.Empty(once.Items);
        Assert.Same(refilled, again);
        Assert.Single(again.Pending);
    }

    [Fact]
    public void CheckOut_LeavesWhatWasPutInSince()
    {
        var basket = Filled((1, 5), (2, 1), (3, 1));

        var after = basket.CheckOut("o1", [new OrderedItem(1, 2), new OrderedItem(2, 4), new OrderedItem(9, 1)], "e1", Now);

        Assert.Equal([(1, 3), (3, 1)], after.Items.Select(static item => (item.ProductId, item.Quantity)));
        Assert.Equal([(1, 2), (2, 1)], after.Pending[0].Items.Select(static item => (item.ProductId, item.Quantity)));
    }

    [Fact]
    public void CheckOut_OfAnEmptyBasket_IsRememberedAndTellsNothing()
    {
        var after = Tandem.Basket.Basket.Empty("u").CheckOut("o1", [new OrderedItem(1, 1)], "e1", Now);

        Assert.Empty(after.Pending);
        Assert.Contains("o1", after.CheckedOut);
    }

    [Fact]
    public void CheckOut_OfManyOrders_RemembersTheLatest()
    {
        var basket = Filled((1, 99));
        for (var i = 0; i < 50; i++)
        {
            basket = basket.CheckOut($"o{i}", [new OrderedItem(1, 1)], $"e{i}", Now);
        }

        Assert.Equal(32, basket.CheckedOut.Count);
        Assert.Contains("o49", basket.CheckedOut);
        Assert.Same(basket, basket.CheckOut("o20", [new OrderedItem(1, 1)], "x", Now));
    }

    [Fact]
    public void Abandon_TellsOnceUntilTheNextChange()
    {
        var abandoned = Filled((1, 1)).Abandon("e1", Now);

        Assert.IsType<BasketAbandoned>(Assert.Single(abandoned.Pending).ToEvent());
        Assert.Same(abandoned, abandoned.Abandon("e2", Now));
        var touched = abandoned.Add(Offer(1), 1, Now).Basket;
        Assert.Null(touched.AbandonedAt);
        Assert.Equal(2, touched.Abandon("e3", Now).Pending.Count);
        var empty = Tandem.Basket.Basket.Empty("u");
        Assert.Same(empty, empty.Abandon("e4", Now));
    }

    private static ProductOffer Offer(int id, int stock = 1000, decimal price = 10m) => new(id, $"Product {id}", "cups", price, "USD", stock);

    private static Tandem.Basket.Basket Filled(params (int Id, int Quantity)[] lines)
    {
        var basket = Tandem.Basket.Basket.Empty("u");
        foreach (var (id, quantity) in lines)
        {
            basket = basket.Add(Offer(id), quantity, Now).Basket;
        }

        return basket;
    }
}
