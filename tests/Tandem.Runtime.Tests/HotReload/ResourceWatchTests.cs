using Tandem.Runtime.HotReload;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.HotReload;

public sealed class ResourceWatchTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly FolderWatches _folders = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose()
    {
        _folders.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task WaitAsync_NothingChanges_CompletesAfterTheInterval()
    {
        using var watch = Watch(_folder.Path);

        var waiting = watch.WaitAsync(default);
        await _clock.WaitForTimerAsync().WithinAsync();
        _clock.Advance(Interval - TimeSpan.FromSeconds(1));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await waiting.WithinAsync();
    }

    [Fact]
    public async Task WaitAsync_SystemGivesNoWatch_CompletesEverySecond()
    {
        using var watch = Watch(_folder["not-there"]);

        var waiting = watch.WaitAsync(default);
        await _clock.WaitForTimerAsync().WithinAsync();
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await waiting.WithinAsync();
    }

    [Fact]
    public async Task WaitAsync_FileChanges_CompletesOnceItIsQuiet()
    {
        using var watch = Watch(_folder.Path);

        var waiting = watch.WaitAsync(default);
        await File.WriteAllTextAsync(_folder["a.yaml"], "a: b");
        await _clock.WaitForTimerAsync(within: TimeSpan.FromMilliseconds(200)).WithinAsync();
        Assert.False(waiting.IsCompleted);
        while (!waiting.IsCompleted)
        {
            // What the system tells of the same write may come a little later, and begins the quiet time again.
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(waiting, _clock.WaitForTimerAsync(within: TimeSpan.FromMilliseconds(200))).WithinAsync();
        }

        await waiting;
    }

    private ResourceWatch Watch(string path)
    {
        var watch = new ResourceWatch(_folders, Interval, _clock);
        watch.Watch([path]);
        return watch;
    }
}
