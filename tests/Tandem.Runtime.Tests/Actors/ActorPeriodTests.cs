using System.Globalization;
using Tandem.Runtime.Actors.Scheduling;
using Tandem.Runtime.Scheduling;

namespace Tandem.Runtime.Tests.Actors;

public sealed class ActorPeriodTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("300ms", 0.3, null, "@every 300ms")]
    [InlineData("1s", 1, null, "@every 1s")]
    [InlineData("0h0m0s200ms", 0.2, null, "@every 200ms")]
    [InlineData("1h15m", 4500, null, "@every 1h15m0s")]
    [InlineData("1.5s", 1.5, null, "@every 1.5s")]
    [InlineData("@every 90s", 90, null, "@every 1m30s")]
    [InlineData("PT1S", 1, null, "@every 1s")]
    [InlineData("P1D", 86400, null, "@every 24h0m0s")]
    [InlineData("P1W", 604800, null, "@every 168h0m0s")]
    [InlineData("P1DT2H3M4.5S", 93784.5, null, "@every 26h3m4.5s")]
    [InlineData("R3/PT1S", 1, 3, "@every 1s")]
    [InlineData("R2/30s", 30, 2, "@every 30s")]
    public void TryParse_ARepeatingPeriod_ReadsIt(string text, double seconds, int? repetitions, string shown)
    {
        Assert.True(ActorPeriod.TryParse(text, out var period));
        Assert.Equal(TimeSpan.FromSeconds(seconds), period.Time);
        Assert.Equal(repetitions, period.Repetitions);
        Assert.True(period.Repeats);
        Assert.Equal(shown, period.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0s")]
    [InlineData("0h0m0s0ms")]
    [InlineData("R1")]
    public void TryParse_NoPeriod_FiresOnce(string? text)
    {
        Assert.True(ActorPeriod.TryParse(text, out var period));
        Assert.False(period.Repeats);
        Assert.Equal(1, period.Repetitions);
        Assert.Null(period.NextAfter(Now, Now));
        Assert.Equal("", period.ToString());
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("10")]
    [InlineData("-1s")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("P1S")]
    [InlineData("PT1M1H")]
    [InlineData("PT1S1S")]
    [InlineData("P1.5D")]
    [InlineData("P-1D")]
    [InlineData("PTS")]
    [InlineData("P99999999999D")]
    [InlineData("R0/PT1S")]
    [InlineData("R/PT1S")]
    [InlineData("R-1/PT1S")]
    [InlineData("Rx/PT1S")]
    [InlineData("R3")]
    [InlineData("R3/soon")]
    [InlineData("1s 2s")]
    [InlineData("pt1s")]
    public void TryParse_Nonsense_IsRefused(string text) => Assert.False(ActorPeriod.TryParse(text, out _));

    [Theory]
    [InlineData("", "2030-01-31T12:00:00Z")]
    [InlineData("10s", "2030-01-31T12:00:10Z")]
    [InlineData("PT10S", "2030-01-31T12:00:10Z")]
    [InlineData("P1M", "2030-02-28T12:00:00Z")]
    [InlineData("P1Y", "2031-01-31T12:00:00Z")]
    [InlineData("2030-02-01T00:00:00Z", "2030-02-01T00:00:00Z")]
    [InlineData("2030-02-01T02:00:00+02:00", "2030-02-01T00:00:00Z")]
    [InlineData("2030-02-01T00:00:00.123456789Z", "2030-02-01T00:00:00.1234567Z")]
    [InlineData("2029-02-01t00:00:00z", "2029-02-01T00:00:00Z")]
    public void TryParseMoment_ATimeOrDuration_ReadsIt(string text, string expected)
    {
        Assert.True(Moment.TryParse(text, Now, out var moment));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), moment);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("2030-02-01")]
    [InlineData("2030-02-01T00:00:00")]
    [InlineData("2030-02-30T00:00:00Z")]
    [InlineData("2030-02-01T00:00:00.Z")]
    [InlineData("2030-02-01T00:00:00ZZ")]
    [InlineData("2030-02-01T25:00:00Z")]
    [InlineData("P9000Y")]
    [InlineData("2030-02-01T00:00:00.1234567890123456789012345678901234567890Z")]
    public void TryParseMoment_Nonsense_IsRefused(string text) => Assert.False(Moment.TryParse(text, Now, out _));

    [Fact]
    public void TryParse_AnyTextOfItsCharacters_NeverThrowsAndRoundTrips()
    {
        const string Alphabet = "PTRYMWDHS/0123456789.-smhun @every";
        var random = new Random(4711);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Create(random.Next(0, 14), random, static (span, r) =>
            {
                foreach (ref var character in span)
                {
                    character = Alphabet[r.Next(Alphabet.Length)];
                }
            });
            if (ActorPeriod.TryParse(text, out var period) && period is { Repeats: true, Months: 0 } && period.Time >= TimeSpan.FromTicks(10))
            {
                Assert.True(ActorPeriod.TryParse(period.ToString(), out var again), $"{text} → {period}");
                Assert.Equal(period.Time, again.Time);
            }

            Moment.TryParse(text, Now, out _);
        }
    }

    [Theory]
    [InlineData("10s", 0, 10)]
    [InlineData("10s", 9, 10)]
    [InlineData("10s", 10, 20)]
    [InlineData("10s", 35, 40)]
    public void NextAfter_TimesPassedMeanwhile_StaysOnTheGrid(string text, int late, int expected)
    {
        Assert.True(ActorPeriod.TryParse(text, out var period));
        Assert.Equal(Now.AddSeconds(expected), period.NextAfter(Now, Now.AddSeconds(late)));
    }

    [Fact]
    public void NextAfter_Months_FollowTheCalendar()
    {
        Assert.True(ActorPeriod.TryParse("P1M", out var period));
        Assert.Equal(new DateTimeOffset(2030, 2, 28, 12, 0, 0, TimeSpan.Zero), period.NextAfter(Now, Now));
        Assert.Equal("@every P1M", period.ToString());
    }
}
