using System.Threading.Channels;
using Tandem.Cli.Run.Supervision;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Run;

public sealed class StartTurnsTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Channel<int> _begun = Channel.CreateUnbounded<int>();
    private readonly TaskCompletionSource[] _ready = [.. Enumerable.Range(0, 5).Select(static _ => new TaskCompletionSource())];

    [Fact]
    public async Task RunAsync_MoreAppsThanTurns_TheNextStartsWhenOneIsReady()
    {
        var turns = RunAsync(CancellationToken.None);

        await ExpectAsync(0, 1);
        _ready[1].SetResult();
        await ExpectAsync(2);
        Array.ForEach(_ready, static ready => ready.TrySetResult());
        await ExpectAsync(3, 4);
        await turns.WithinAsync();
    }

    [Fact]
    public async Task RunAsync_AppsThatWaitForLaterOnes_GiveWayAfterAWhile()
    {
        var turns = RunAsync(CancellationToken.None);

        await ExpectAsync(0, 1);
        _time.Advance(StartTurns.Longest);
        await ExpectAsync(2, 3);
        _time.Advance(StartTurns.Longest);
        await ExpectAsync(4);
        await turns.WithinAsync();
    }

    [Fact]
    public async Task RunAsync_RunThatStops_StartsNothingMore()
    {
        using var stop = new CancellationTokenSource();
        var turns = RunAsync(stop.Token);

        await stop.CancelAsync();
        await turns.WithinAsync();

        await ExpectAsync(0, 1);
    }

    /// <summary>These begin now, in this order, and no other.</summary>
    private async Task ExpectAsync(params int[] apps)
    {
        foreach (var app in apps)
        {
            Assert.Equal(app, await _begun.Reader.ReadAsync().WithinAsync());
        }

        Assert.False(_begun.Reader.TryRead(out _));
    }

    private Task RunAsync(CancellationToken stopping)
        => new StartTurns(2, _time).RunAsync(_ready.Select((ready, index) => ((Action)(() => _begun.Writer.TryWrite(index)), ready.Task)), stopping);
}
