namespace Tandem.Cli.Run.Supervision;

/// <summary>How long to wait before an app is started again: longer each time, short again once it ran well for a while.</summary>
internal sealed class RestartDelay
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan RanWell = TimeSpan.FromSeconds(10);

    private TimeSpan _next = First;

    /// <summary>The time to wait, given how long the app was healthy in its last life.</summary>
    public TimeSpan Next(TimeSpan healthyFor)
    {
        if (healthyFor >= RanWell)
        {
            _next = First;
        }

        var delay = _next;
        _next = delay * 2 < Longest ? delay * 2 : Longest;
        return delay;
    }
}
