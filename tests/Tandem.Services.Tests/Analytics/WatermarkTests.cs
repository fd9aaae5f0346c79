using Tandem.Analytics;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Analytics;

public sealed class WatermarkTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 0, TimeSpan.Zero);

    [Fact]
    public void Now_WhileNoEventComes_GoesOnWithTheClock()
    {
        var clock = new ManualTimeProvider(Start);
        var watermark = new Watermark(clock);
        watermark.Now(Start);

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(Start.AddSeconds(20), watermark.Now(Start));
    }

    [Fact]
    public void Now_AfterAnEventThatAnotherInstanceTook_CountsFromThatEvent()
    {
        var clock = new ManualTimeProvider(Start);
        var watermark = new Watermark(clock);
        watermark.Now(Start);

        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(Start.AddHours(1).AddSeconds(-10), watermark.Now(Start.AddHours(1)));
    }

    [Fact]
    public void Now_AfterAnArrivalThatIsNotTheLatest_CountsFromItToo()
    {
        var clock = new ManualTimeProvider(Start);
        var watermark = new Watermark(clock);
        watermark.Now(Start);
        clock.Advance(TimeSpan.FromSeconds(30));
        watermark.Arrived();

        Assert.Equal(Start.AddSeconds(-10), watermark.Now(Start));
    }
}
