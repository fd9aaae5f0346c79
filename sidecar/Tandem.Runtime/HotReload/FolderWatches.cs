namespace Tandem.Runtime.HotReload;

/// <summary>Watches folders for all sidecars of the process: one of the system's (few) watches for each folder.</summary>
public sealed class FolderWatches : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Folder> _folders = new(StringComparer.Ordinal);

    /// <summary>Calls <paramref name="changed"/> when a file of the folder that can hold resources may have changed, until the result is disposed.</summary>
    /// <returns>The watch, or <see langword="null"/> when the system gives none: then look from time to time.</returns>
    public IDisposable? TryWatch(string path, Action changed)
    {
        lock (_lock)
        {
            if (!_folders.TryGetValue(path, out var folder))
            {
                folder = new Folder();
                if (!folder.TryOpen(path))
                {
                    return null;
                }

                _folders.Add(path, folder);
            }

            folder.Changed += changed;
            return new Watch(this, path, folder, changed);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var folder in _folders.Values)
            {
                folder.Dispose();
            }

            _folders.Clear();
        }
    }

    private sealed class Watch(FolderWatches owner, string path, Folder folder, Action changed) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
            {
                folder.Changed -= changed;
                if (!folder.IsWatched && owner._folders.TryGetValue(path, out var current) && current == folder)
                {
                    owner._folders.Remove(path);
                    folder.Dispose();
                }
            }
        }
    }

    private sealed class Folder : IDisposable
    {
        private FileSystemWatcher? _watcher;

        public event Action? Changed;

        public bool IsWatched => Changed is not null;

        public bool TryOpen(string path)
        {
            try
            {
                _watcher = new FileSystemWatcher(path)
                {
                    NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
                    // The last is the link by which Kubernetes puts a whole folder of files in place of another.
                    Filters = { "*.yaml", "*.yml", "*.json", "..data" },
                };
                _watcher.Changed += (_, _) => Changed?.Invoke();
                _watcher.Created += (_, _) => Changed?.Invoke();
                _watcher.Deleted += (_, _) => Changed?.Invoke();
                _watcher.Renamed += (_, _) => Changed?.Invoke();

                // The system's queue of changes ran over: what changed is not known, but something did.
                _watcher.Error += (_, _) => Changed?.Invoke();
                _watcher.EnableRaisingEvents = true;
                return true;
            }
            catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
            {
                // The folder is gone, or the system has no more watches to give.
                _watcher?.Dispose();
                return false;
            }
        }

        public void Dispose() => _watcher?.Dispose();
    }
}
