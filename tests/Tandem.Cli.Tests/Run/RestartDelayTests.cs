using Tandem.Cli.Run.Supervision;

namespace Tandem.Cli.Tests.Run;

public sealed class RestartDelayTests
{
    [Fact]
    public void Next_AgainAndAgain_DoublesUpToTheLongest()
    {
        var delay = new RestartDelay();

        var delays = Enumerable.Range(0, 10).Select(_ => delay.Next(TimeSpan.Zero).TotalSeconds);

        Assert.Equal([0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30], delays);
    }

    [Fact]
    public void Next_AfterItRanWell_IsShortAgain()
    {
        var delay = new RestartDelay();
        delay.Next(TimeSpan.Zero);
        delay.Next(TimeSpan.Zero);

        Assert.Equal(RestartDelay.First, delay.Next(RestartDelay.RanWell));
    }
}
