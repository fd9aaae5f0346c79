namespace Tandem.Cli.Run.Watching;

/// <summary>Says, once for a burst of changes, that files of an app have changed.</summary>
internal sealed class FileWatch : IDisposable
{
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(250);

    private readonly FileSystemWatcher _watcher;
    private readonly ITimer _quiet;
    private readonly string _directory;
    private string _lastChange = "";

    public FileWatch(string directory, TimeProvider time, Action<string> changed)
    {
        _directory = directory;
        _quiet = time.CreateTimer(_ => changed(_lastChange), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watcher = new FileSystemWatcher(directory)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        _watcher.Changed += (_, e) => Note(e.FullPath, "changed");
        _watcher.Created += (_, e) => Note(e.FullPath, "was added");
        _watcher.Deleted += (_, e) => Note(e.FullPath, "was deleted");
        _watcher.Renamed += (_, e) => Note(e.FullPath, "changed");

        // The system's queue of changes ran over: what changed is not known, but something did.
        _watcher.Error += (_, _) => Note("many files changed");
        _watcher.EnableRaisingEvents = true;
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _quiet.Dispose();
    }

    private void Note(string path, string what)
    {
        var relative = Path.GetRelativePath(_directory, path);
        if (!WatchFilter.IsIgnored(relative))
        {
            Note($"{relative} {what}");
        }
    }

    private void Note(string change)
    {
        _lastChange = change;
        _quiet.Change(QuietTime, Timeout.InfiniteTimeSpan);
    }
}
