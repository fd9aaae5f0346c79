namespace Tandem.Cli.Run.Supervision;

/// <summary>
/// Lets the apps of a run start a few at a time, in the order of the run file: a start is work for the processor, and of apps that share it all
/// at once none is early. The next has its turn when one before it is ready or has failed, and in any case after a while: an app may wait for a
/// later one, or for something else that takes no processor.
/// </summary>
/// <param name="atOnce">How many start beside each other.</param>
internal sealed class StartTurns(int atOnce, TimeProvider time)
{
    /// <summary>So long an app that starts keeps others waiting.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>One more than there are processors, which then never wait for a disk.</summary>
    public static int ForThisMachine => Environment.ProcessorCount + 1;

    /// <summary>Gives each its turn; ends when all have had it, or when the run stops.</summary>
    /// <param name="apps">What gives an app its turn, and the end of its start.</param>
    public async Task RunAsync(IEnumerable<(Action Start, Task Started)> apps, CancellationToken stopping)
    {
        var starting = new List<Task>();
        foreach (var (start, started) in apps)
        {
            if (starting.Count == atOnce)
            {
                starting.Remove(await Task.WhenAny(starting));
            }

            if (stopping.IsCancellationRequested)
            {
                return;
            }

            start();
            starting.Add(Task.WhenAny(started, Task.Delay(Longest, time, stopping)));
        }
    }
}
