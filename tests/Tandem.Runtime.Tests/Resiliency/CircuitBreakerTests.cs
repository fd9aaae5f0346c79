using Tandem.Runtime.Cel;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Tests.Resiliency;

public sealed class CircuitBreakerTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void TryEnter_AfterTheTrip_IsOpenThenHalfOpenThenClosed()
    {
        var breaker = Create("consecutiveFailures >= 2");
        Fail(breaker);
        Fail(breaker);

        Assert.False(breaker.TryEnter(out _));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryEnter(out var trial));
        Assert.False(breaker.TryEnter(out _));
        breaker.Report(trial, succeeded: true);
        Assert.True(breaker.TryEnter(out _));
    }

    [Fact]
    public void TryEnter_TrialFails_IsOpenAgain()
    {
        var breaker = Create("consecutiveFailures >= 1");
        Fail(breaker);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Fail(breaker);

        Assert.False(breaker.TryEnter(out _));
    }

    [Fact]
    public void Report_SuccessInBetween_StartsCountingAgain()
    {
        var breaker = Create("consecutiveFailures >= 2");
        Fail(breaker);
        Assert.True(breaker.TryEnter(out var entered));
        breaker.Report(entered, succeeded: true);
        Fail(breaker);

        Assert.True(breaker.TryEnter(out _));
    }

    [Fact]
    public void Report_LateResultOfAnEarlierState_IsNotCounted()
    {
        var breaker = Create("totalFailures >= 1");
        Assert.True(breaker.TryEnter(out var late));
        Fail(breaker);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryEnter(out var trial));
        breaker.Report(late, succeeded: false);
        breaker.Report(trial, succeeded: true);

        Assert.True(breaker.TryEnter(out _));
    }

    private CircuitBreaker Create(string trip) => new(new CircuitBreakerSettings(1, TimeSpan.Zero, TimeSpan.FromSeconds(1), CelExpression.Parse(trip)), _clock);

    private static void Fail(CircuitBreaker breaker)
    {
        Assert.True(breaker.TryEnter(out var generation));
        breaker.Report(generation, succeeded: false);
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
