using System.Threading.Channels;

namespace Tandem.Runtime.HotReload;

/// <summary>
/// Says that resource files may have changed: once for a burst of changes, and after an interval in any case. Whether anything did change
/// is seen when the files are read, so that an editor's way of saving does not matter.
/// </summary>
internal sealed class ResourceWatch(FolderWatches folders, TimeSpan interval, TimeProvider timeProvider) : IDisposable
{
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBurst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, IDisposable?> _watches = new(StringComparer.Ordinal);

    /// <summary>Watches these folders, and no others.</summary>
    public void Watch(IEnumerable<string> paths)
    {
        var wanted = paths.ToHashSet(StringComparer.Ordinal);
        foreach (var path in _watches.Keys.Except(wanted).ToList())
        {
            _watches.Remove(path, out var watch);
            watch?.Dispose();
        }

        foreach (var path in wanted)
        {
            if (!_watches.TryGetValue(path, out var watch) || watch is null)
            {
                _watches[path] = folders.TryWatch(path, () => _changes.Writer.TryWrite(true));
            }
        }
    }

    /// <summary>Completes when it is time to read the files again.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        // Where the system tells of no changes, the files are read often.
        var patience = _watches.Values.All(static watch => watch is not null) || interval < PollInterval ? interval : PollInterval;
        try
        {
            await _changes.Reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(patience, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A folder that was deleted and made again is another one to the system.
            Renew();
            return;
        }

        var began = timeProvider.GetTimestamp();
        do
        {
            _changes.Reader.TryRead(out _);
            await Task.Delay(QuietTime, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        while (_changes.Reader.TryPeek(out _) && timeProvider.GetElapsedTime(began) < LongestBurst);
    }

    /// <inheritdoc/>
    public void Dispose() => Watch([]);

    private void Renew()
    {
        var paths = _watches.Keys.ToList();
        Watch([]);
        Watch(paths);
    }
}
