using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tandem.Components;
using Tandem.Components.Jobs;
using Tandem.Components.Metadata;
using Tandem.Components.NameResolution;
using Tandem.Runtime;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.Components;
using Tandem.Runtime.HotReload;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Peers;
using Tandem.Runtime.Resources;
using Tandem.Sidecar.Http;

namespace Tandem.Sidecar;

/// <summary>What all sidecars of a process share.</summary>
internal sealed partial class HostServices(ILoggerFactory loggerFactory, TimeProvider timeProvider, ComponentCatalog catalog) : ILocalSidecars, IAsyncDisposable
{
    private readonly ILogger _logger = loggerFactory.CreateLogger<HostServices>();
    private readonly string _peerToken = ReadPeerToken(loggerFactory.CreateLogger<HostServices>());
    private PeerChannel? _peers;
    private IJobStore? _jobs;
    private readonly ProcessOnlyNames _processOnly = new();
    private readonly TaskCompletionSource _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ILoggerFactory LoggerFactory { get; } = loggerFactory;

    public TimeProvider TimeProvider { get; } = timeProvider;

    /// <summary>The components that can be made.</summary>
    public ComponentCatalog Catalog { get; } = catalog;

    /// <summary>The components that are shared.</summary>
    public SharedComponents Shared { get; } = new();

    /// <summary>The folders that are watched for changes.</summary>
    public FolderWatches Folders { get; } = new();

    /// <summary>The actor hosts of this process.</summary>
    public ActorDirectory Actors { get; } = new();

    /// <summary>The way to sidecars of other processes.</summary>
    public PeerChannel Peers => LazyInitializer.EnsureInitialized(ref _peers, () => new PeerChannel(_peerToken));

    /// <summary>The jobs of this machine's apps.</summary>
    public IJobStore Jobs => LazyInitializer.EnsureInitialized(ref _jobs, () => MachineJobs.Create(Catalog, TimeProvider, LoggerFactory));

    /// <summary>Lets in the sidecars that know this machine's token.</summary>
    public PeerGuard PeerGuard => field ??= new PeerGuard(_peerToken);

    /// <summary>The sidecars of this process, by namespace and app ID: a call to one of them crosses no second sidecar.</summary>
    public ConcurrentDictionary<(string Namespace, string AppId), SidecarInstance> Local { get; } = new();

    /// <summary>Completes when a sidecar was told to end.</summary>
    public Task ShutdownRequested => _shutdown.Task;

    /// <summary>Asks whoever runs the host to stop it.</summary>
    public void RequestShutdown() => _shutdown.TrySetResult();

    /// <inheritdoc/>
    public LocalApp? Find(string appNamespace, string appId) => Local.TryGetValue((appNamespace, appId), out var sidecar) ? sidecar.LocalApp : null;

    /// <summary>The name resolver that the Configuration asks for, or the machine's registry; one for all that ask for the same.</summary>
    /// <exception cref="ComponentFaultException">It cannot be made or is not ready.</exception>
    public async Task<INameResolver> GetResolverAsync(SidecarOptions options, NameResolutionSettings? settings, CancellationToken cancellationToken)
    {
        var name = settings?.Component ?? "sqlite";
        try
        {
            var context = CreateContext(options, settings, name);
            // Never released: what calls go by stays until the process ends.
            var resolver = await Shared.AcquireAsync(context, CreateResolverAsync).WaitAsync(cancellationToken).ConfigureAwait(false);
            return (INameResolver)resolver.Instance;
        }
        catch (Exception exception) when (settings is null && !cancellationToken.IsCancellationRequested)
        {
            Log.NoRegistry(_logger, exception.Message);
            return _processOnly;
        }
        catch (UnknownComponentException exception)
        {
            throw new ComponentFaultException($"spec.nameResolution.component '{name}' is not known; known are {string.Join(", ", Catalog.NameResolvers.Known)}", exception);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ComponentFaultException($"spec.nameResolution cannot be used: {exception.Message}", exception);
        }
    }

    private ComponentContext CreateContext(SidecarOptions options, NameResolutionSettings? settings, string name) => new()
    {
        Name = "nameResolution",
        Type = name.StartsWith("nameresolution.", StringComparison.OrdinalIgnoreCase) ? name : $"nameresolution.{name}",
        Version = settings?.Version ?? "v1",
        Metadata = new ComponentMetadata(settings?.Configuration ?? new Dictionary<string, string> { ["connectionString"] = MachineRegistry.Path }),
        AppId = options.AppId,
        Namespace = options.Namespace,
        BaseDirectory = options.BaseDirectory,
        DataDirectory = options.DataDirectory,
        TimeProvider = TimeProvider,
        LoggerFactory = LoggerFactory,
    };

    public async ValueTask DisposeAsync()
    {
        await Shared.DisposeAsync().ConfigureAwait(false);
        if (_jobs is { } jobs)
        {
            await jobs.DisposeAsync().ConfigureAwait(false);
        }

        _peers?.Dispose();
        Folders.Dispose();
    }

    private static string ReadPeerToken(ILogger logger)
    {
        try
        {
            return PeerTokenFile.ReadOrCreate(TandemHome.Create());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NoPeerToken(logger, exception.Message);
            return PeerTokenFile.CreateToken();
        }
    }

    private async Task<object> CreateResolverAsync(ComponentContext context)
    {
        var resolver = Catalog.NameResolvers.Create(context);
        if (resolver is IInitializable initializable)
        {
            await initializable.InitializeAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return resolver;
    }

    private static partial class Log
    {
        [LoggerMessage(1012, LogLevel.Warning, "the machine's peer token cannot be used, so only sidecars of this process may call each other: {Reason}")]
        public static partial void NoPeerToken(ILogger logger, string reason);

        [LoggerMessage(1011, LogLevel.Warning, "the machine's registry cannot be used, so only apps of this process are found: {Reason}")]
        public static partial void NoRegistry(ILogger logger, string reason);
    }
}
