using Tandem.Contracts.Events;
using Tandem.Payment;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Payments;

public sealed class PaymentRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("pending", true)]
    [InlineData("processing", false)]
    [InlineData("completed", false)]
    [InlineData("failed", false)]
    [InlineData("cancelled", false)]
    [InlineData("refunded", false)]
    [InlineData("partially_refunded", false)]
    [InlineData("expired", false)]
    public void BeginProcessingAndCancel_InEachState_OnlyLeavePending(string status, bool isAllowed)
    {
        var payment = APayment(status);

        Assert.Equal(isAllowed, !payment.BeginProcessing(Now).IsRefused);
        Assert.Equal(isAllowed, !payment.Cancel(Now).IsRefused);
    }

    [Fact]
    public void BeginProcessing_AfterThirtyMinutes_IsRefused()
    {
        var payment = APayment("pending");

        Assert.False(payment.BeginProcessing(Now.AddMinutes(30).AddMilliseconds(-1)).IsRefused);
        Assert.True(payment.BeginProcessing(Now.AddMinutes(30)).IsRefused);
    }

    [Fact]
    public void Expire_BeforeItsTime_IsRefused()
    {
        var payment = APayment("pending");

        Assert.True(payment.Expire(Now.AddMinutes(29)).IsRefused);
        Assert.Equal(PaymentStatus.Expired, payment.Expire(Now.AddMinutes(30)).Payment.Status);
        Assert.True(APayment("completed").Expire(Now.AddMinutes(31)).IsRefused);
    }

    [Fact]
    public void Complete_OfProcessing_TellsOnceAndForgetsToken()
    {
        var completed = APayment("processing").Complete("p-1", Now);

        Assert.Equal(PaymentStatus.Completed, completed.Status);
        Assert.Null(completed.Token);
        Assert.Equal("p-1", completed.ProviderId);
        Assert.Equal(Now, completed.ProcessedAt);
        var told = Assert.IsType<PaymentCompleted>(Assert.Single(completed.Events));
        Assert.Equal(completed.Amount, told.Amount);
        Assert.Same(completed, completed.Complete("p-2", Now));
        Assert.Same(completed, completed.Fail("late", Now));
    }

    [Fact]
    public void Fail_OfProcessing_KeepsReason()
    {
        var failed = APayment("processing").Fail("card_declined", Now);

        Assert.Equal(PaymentStatus.Failed, failed.Status);
        Assert.Equal("card_declined", failed.FailureReason);
        Assert.Null(failed.Token);
        Assert.Equal("card_declined", Assert.IsType<PaymentFailed>(Assert.Single(failed.Events)).Reason);
    }

    [Fact]
    public void Refund_InParts_EndsWhenNothingIsLeft()
    {
        var payment = APayment("completed");

        var first = payment.Refund("r1", 40.10m, "broken", Now).Payment;
        var tooMuch = first.Refund("r2", 59.91m, null, Now);
        var rest = first.Refund("r3", null, null, Now).Payment;

        Assert.Equal(PaymentStatus.PartiallyRefunded, first.Status);
        Assert.Equal(59.90m, first.Refundable);
        Assert.Contains("59.90", tooMuch.Refusal, StringComparison.Ordinal);
        Assert.Equal(PaymentStatus.Refunded, rest.Status);
        Assert.Equal(59.90m, rest.Refunds[^1].Amount);
        Assert.True(rest.Refund("r4", 0.01m, null, Now).IsRefused);
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("processing")]
    [InlineData("failed")]
    [InlineData("cancelled")]
    [InlineData("expired")]
    [InlineData("refunded")]
    public void Refund_OfWhatHoldsNoMoney_IsRefused(string status) => Assert.True(APayment(status).Refund("r", null, null, Now).IsRefused);

    [Theory]
    [InlineData("tok_visa", false)]
    [InlineData("tok_12345678901", false)]
    [InlineData("tok_123456789012", true)]
    [InlineData("4242424242424242", true)]
    [InlineData("4242 4242 4242 4242", true)]
    [InlineData("4242-4242-4242", true)]
    [InlineData("tok_1234567890ab1234567890", false)]
    public void LooksLikeCard_CountsDigitsInARow(string token, bool expected) => Assert.Equal(expected, CardNumbers.LooksLikeCard(token));

    [Theory]
    [InlineData("paid with 4242 4242 4242 4242", true)]
    [InlineData("paid with 4242424242424241", false)]
    [InlineData("order 42 of 2026", false)]
    [InlineData(null, false)]
    public void Holds_FindsNumbersWithRightCheckDigit(string? text, bool expected) => Assert.Equal(expected, CardNumbers.Holds(text));

    [Fact]
    public void Holds_NeverTakesAnIdForACard()
        => Assert.DoesNotContain(Enumerable.Range(0, 2000).Select(static _ => Ids.New()), static id => CardNumbers.Holds(id));

    private static Tandem.Payment.Payment APayment(string status) => new()
    {
        Id = Ids.New(),
        UserId = Ids.New(),
        Amount = 100m,
        Currency = "USD",
        Status = Stored.Status(status),
        Method = "card",
        Token = "tok_visa",
        Provider = "simulated",
        CreatedAt = Now,
        UpdatedAt = Now,
        ExpiresAt = Now + Tandem.Payment.Payment.Lifetime,
    };
}
