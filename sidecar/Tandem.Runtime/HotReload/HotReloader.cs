using Microsoft.Extensions.Logging;
using Tandem.Components;
using Tandem.Components.Metadata;
using Tandem.Runtime.Bindings;
using Tandem.Runtime.Components;
using Tandem.Runtime.PubSub;
using Tandem.Runtime.Resources;
using Tandem.Runtime.State.Outbox;

namespace Tandem.Runtime.HotReload;

/// <summary>
/// Applies what changes in the resource files to a sidecar that runs: components and subscriptions come, change and go; whatever stayed the
/// same is not touched, and what is at fault stays as it was. Other kinds of resources take effect when the sidecar starts.
/// </summary>
public sealed partial class HotReloader : IAsyncDisposable
{
    private readonly SidecarOptions _options;
    private readonly ComponentLoader _loader;
    private readonly ComponentSet _components;
    private readonly SubscriptionManager _subscriptions;
    private readonly InputBindings _bindings;
    private readonly StateOutboxes _outboxes;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ResourceWatch _watch;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _retiring = [];
    private ResourceSet _resources;
    private HashSet<string> _said = new(StringComparer.Ordinal);
    private Task? _loop;
    private int _disposed;

    /// <summary>Makes a reloader; nothing is watched before <see cref="Start"/>.</summary>
    public HotReloader(
        SidecarOptions options,
        FolderWatches folders,
        ComponentLoader loader,
        ComponentSet components,
        SubscriptionManager subscriptions,
        InputBindings bindings,
        StateOutboxes outboxes,
        ResourceSet resources,
        TimeProvider timeProvider,
        ILogger<HotReloader> logger)
    {
        _options = options;
        _loader = loader;
        _components = components;
        _subscriptions = subscriptions;
        _bindings = bindings;
        _outboxes = outboxes;
        _resources = resources;
        _timeProvider = timeProvider;
        _logger = logger;
        _watch = new ResourceWatch(folders, options.HotReloadInterval, timeProvider);
    }

    /// <summary>Starts to watch the files.</summary>
    /// <param name="changed">Called when something changed that the app may have to hear of.</param>
    public void Start(Action changed)
    {
        if (_options.ResourcesPaths.Count > 0 && _resources.Configuration.HotReload)
        {
            _watch.Watch(Folders());
            _loop ??= Task.Run(() => RunAsync(changed, _stopping.Token));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await (_loop ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_retiring).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _watch.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Reads the files and applies what is different.</summary>
    /// <returns>Whether anything was.</returns>
    public async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        var faults = new ResourceFaults();
        await ReadSecretsAgainAsync(faults, cancellationToken).ConfigureAwait(false);
        var resources = ResourceLoader.Reload(_options, _resources, faults);
        var before = _components.All;
        var gone = await ReplaceComponentsAsync(resources, faults, cancellationToken).ConfigureAwait(false);
        var isChanged = gone.Count > 0 || _components.All.Count != before.Count || !AreSame(_resources.Subscriptions, resources.Subscriptions);
        _resources = resources;
        if (isChanged)
        {
            await _subscriptions.ReloadAsync(resources.Subscriptions, cancellationToken).ConfigureAwait(false);
            await _bindings.ReloadAsync(cancellationToken).ConfigureAwait(false);
            await _outboxes.ApplyAsync(cancellationToken).ConfigureAwait(false);
            _retiring.RemoveAll(static task => task.IsCompleted);
            _retiring.AddRange(gone.Select(component => RetireAsync(component)));
        }

        Say(faults);
        return isChanged;
    }

    private static bool AreSame(IReadOnlyList<SubscriptionResource> before, IReadOnlyList<SubscriptionResource> now)
        => before.Select(Subscription.KeyOf).SequenceEqual(now.Select(Subscription.KeyOf), StringComparer.Ordinal);

    private async Task RunAsync(Action changed, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _watch.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (await ReloadAsync(cancellationToken).ConfigureAwait(false))
                {
                    changed();
                }

                _watch.Watch(Folders());
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // The next change of a file is to be heard all the same.
                Log.Failed(_logger, exception);
            }
        }
    }

    private async Task ReadSecretsAgainAsync(ResourceFaults faults, CancellationToken cancellationToken)
    {
        foreach (var (component, file) in _components.OfKind<IFileReader>())
        {
            try
            {
                await file.ReadAgainAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                faults.Add(component.Resource.Id, exception.Message);
            }
        }
    }

    private async Task<IReadOnlyList<LoadedComponent>> ReplaceComponentsAsync(ResourceSet resources, ResourceFaults faults, CancellationToken cancellationToken)
    {
        var before = _components.All;
        var loaded = await _loader.LoadAsync(resources, _components, faults, cancellationToken).ConfigureAwait(false);
        var added = loaded.Except(before).ToList();
        try
        {
            var gone = _components.Replace(loaded);
            foreach (var component in gone.Where(component => _components.Find(component.Name) is null))
            {
                Log.Removed(_logger, component.Name, component.Resource.Type);
            }

            return gone;
        }
        catch (Exception exception) when (exception is ComponentFaultException or ComponentMetadataException or FormatException)
        {
            // A building block cannot take one of them, so all stay as they were.
            added.ForEach(component => faults.Add(component.Resource.Id, exception.Message));
            _retiring.AddRange(added.Select(RetireAsync));
            return [];
        }
    }

    private async Task RetireAsync(LoadedComponent component)
    {
        try
        {
            await component.RetireAsync(_timeProvider, _stopping.Token).ConfigureAwait(false);
            Log.Closed(_logger, component.Name, component.Resource.Type);
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            Log.NotClosed(_logger, exception, component.Name);
        }
    }

    /// <summary>Each fault once, as long as it stays.</summary>
    private void Say(ResourceFaults faults)
    {
        foreach (var fault in faults.Lines.Where(fault => !_said.Contains(fault)))
        {
            Log.Fault(_logger, fault);
        }

        _said = [.. faults.Lines];
    }

    private IEnumerable<string> Folders()
    {
        foreach (var path in _options.ResourcesPaths)
        {
            var full = Path.GetFullPath(path, _options.BaseDirectory);
            yield return File.Exists(full) ? Path.GetDirectoryName(full)! : full;
        }

        foreach (var (_, file) in _components.OfKind<IFileReader>())
        {
            yield return Path.GetDirectoryName(file.Path)!;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1211, LogLevel.Error, "hot reload: {Fault}; the last good state stays")]
        public static partial void Fault(ILogger logger, string fault);

        [LoggerMessage(1212, LogLevel.Information, "Component removed: {Name} ({Type})")]
        public static partial void Removed(ILogger logger, string name, string type);

        [LoggerMessage(1213, LogLevel.Debug, "the former component {Name} ({Type}) is closed")]
        public static partial void Closed(ILogger logger, string name, string type);

        [LoggerMessage(1214, LogLevel.Warning, "the former component {Name} could not be closed")]
        public static partial void NotClosed(ILogger logger, Exception exception, string name);

        [LoggerMessage(1215, LogLevel.Error, "hot reload failed; the next change is applied all the same")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
