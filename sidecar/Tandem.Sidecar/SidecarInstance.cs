using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tandem.Components.NameResolution;
using Tandem.Runtime;
using Tandem.Runtime.Actors;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Logging;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Resources;
using Tandem.Sidecar.Grpc;
using Tandem.Sidecar.Hosting;
using Tandem.Sidecar.Http.ApiLogging;

namespace Tandem.Sidecar;

/// <summary>One app's sidecar: its app channel, components and building blocks. Its parts are made once, in <see cref="InitializeAsync"/>.</summary>
internal sealed partial class SidecarInstance : ISidecar, IAsyncDisposable
{
    private readonly AppChannelBase _app;
    private readonly AppQuestions _questions;
    private readonly ILogger _logger;
    private BuildingBlocks? _blocks;
    private GrpcServices? _grpcServices;
    private INameRegistration? _registration;
    private IReadOnlyList<SubscriptionResource>? _subscriptionsOfApp;
    private bool _knowsActors;
    private volatile bool _appSeen;
    private volatile bool _outboundReady;

    public SidecarInstance(SidecarOptions options, HostServices host)
    {
        Options = options;
        Host = host;
        LoggerFactory = new AppLoggerFactory(host.LoggerFactory, options.AppId);
        _logger = LoggerFactory.CreateLogger<SidecarInstance>();
        _app = AppChannelBase.Create(options, host.TimeProvider, LoggerFactory);
        _app.Monitor.AppUp = AppUpAsync;
        _app.Monitor.AppDown = AppDownAsync;
        _questions = new AppQuestions(_app, host.TimeProvider, LoggerFactory.CreateLogger<AppQuestions>());
    }

    /// <inheritdoc/>
    public SidecarOptions Options { get; }

    /// <summary>What all sidecars of the process share.</summary>
    public HostServices Host { get; }

    /// <summary>Logs with this app's ID.</summary>
    public ILoggerFactory LoggerFactory { get; }

    /// <summary>The way to the app.</summary>
    public AppChannelBase App => _app;

    /// <summary>The app as apps of the same process call it; there once <see cref="StartAsync"/> has begun.</summary>
    public LocalApp? LocalApp { get; private set; }

    /// <summary>Components are up: what the app may call out with is there.</summary>
    public bool IsOutboundReady => _outboundReady;

    /// <summary>Components are up and the app (if any) was seen and asked for its wishes.</summary>
    public bool IsReady => _outboundReady && (_appSeen || Options.AppPort is null);

    /// <summary>The port of the gRPC API, once it is open; 0 when it is a socket in the file system.</summary>
    public int GrpcPort { get; private set; }

    /// <summary>The port of the internal listener, once it is open.</summary>
    public int InternalPort { get; private set; }

    /// <summary>What people added to the metadata.</summary>
    public ConcurrentDictionary<string, string> ExtendedMetadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The building blocks; there once <see cref="InitializeAsync"/> is done.</summary>
    /// <exception cref="InvalidOperationException">The sidecar is not initialised.</exception>
    public BuildingBlocks Blocks => _blocks ?? throw new InvalidOperationException("The sidecar is not initialised.");

    /// <summary>What the gRPC port answers by itself; there once <see cref="InitializeAsync"/> is done.</summary>
    /// <exception cref="InvalidOperationException">The sidecar is not initialised.</exception>
    public GrpcServices GrpcServices => _grpcServices ?? throw new InvalidOperationException("The sidecar is not initialised.");

    /// <summary>Logs API calls; <see langword="null"/> when they are not.</summary>
    public ApiLog? ApiLog => _blocks?.ApiLog;

    /// <summary>What is measured; <see langword="null"/> when nothing is.</summary>
    public SidecarMetrics? Metrics => _blocks?.Metrics;

    /// <inheritdoc/>
    public Task WaitForAppAsync(CancellationToken cancellationToken) => _app.WaitUntilHealthyAsync(cancellationToken);

    /// <inheritdoc/>
    public void AppStopped() => _app.Monitor.AppStopped();

    /// <summary>Loads the resources and makes the building blocks; answers all faults, each a clear line.</summary>
    public async Task<IReadOnlyList<string>> InitializeAsync(CancellationToken cancellationToken)
    {
        var faults = new ResourceFaults();
        _blocks = await BuildingBlocks.CreateAsync(Options, Host, _app, LoggerFactory, faults, cancellationToken).ConfigureAwait(false);
        _grpcServices = new GrpcServices(this, _blocks);
        foreach (var warning in faults.Warnings)
        {
            Log.Odd(_logger, warning);
        }

        _outboundReady = faults.Lines.Count == 0;
        return faults.Lines;
    }

    /// <summary>Plans this sidecar's listeners.</summary>
    public void AddListeners(KestrelListeners listeners)
    {
        if (Options.UnixSocketDirectory is { } directory)
        {
            var folder = Path.GetFullPath(directory, Options.BaseDirectory);
            listeners.AddSocket(Path.Combine(folder, $"dapr-{Options.AppId}-http.socket"), new(this, ListenerKind.Api));
            listeners.AddSocket(Path.Combine(folder, $"dapr-{Options.AppId}-grpc.socket"), new(this, ListenerKind.Grpc));
        }
        else
        {
            foreach (var address in Options.ListenAddresses)
            {
                listeners.Add(ParseAddress(address), Options.HttpPort, "--dapr-http-port", new(this, ListenerKind.Api));
                listeners.Add(ParseAddress(address), Options.GrpcPort, "--dapr-grpc-port", new(this, ListenerKind.Grpc), port => GrpcPort = port);
            }
        }

        if (Options.PublicPort is { } publicPort)
        {
            foreach (var address in Options.PublicListenAddress is { } named ? [named] : Options.ListenAddresses)
            {
                listeners.Add(ParseAddress(address), publicPort, "--dapr-public-port", new(this, ListenerKind.Public));
            }
        }

        listeners.Add(ParseAddress(Options.InternalListenAddress), Options.InternalPort ?? 0, "--dapr-internal-grpc-port", new(this, ListenerKind.Internal), port => InternalPort = port);
        if (Options.MetricsPort is { } metricsPort)
        {
            listeners.Add(ParseAddress(Options.MetricsListenAddress), metricsPort, "--metrics-port", new(this, ListenerKind.Metrics));
        }
    }

    /// <summary>The listeners are open: announces the sidecar and starts to look for the app.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var address = $"127.0.0.1:{InternalPort}";
        LocalApp = new LocalApp(_app, Blocks.AccessControl, Blocks.AppHttpPipeline is null ? null : address);
        _registration = await Blocks.NameResolver!.RegisterAsync(new AppRegistration(Options.AppId, Options.Namespace, address), cancellationToken).ConfigureAwait(false);
        Blocks.Actors.Start(address, _registration);
        Log.Running(_logger, Options.AppId, Options.HttpPort, GrpcPort, InternalPort);
        _app.Monitor.Start();
        Blocks.Jobs.Start();
        Blocks.HotReload.Start(_app.Monitor.Unsettle);
    }

    /// <summary>Ends subscriptions and input bindings, and waits until the time is over or the app is not healthy any more.</summary>
    public async Task HoldShutdownAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        // What the app is handling may take as long as it likes: it is awaited by the shutdown itself.
        var ending = EndDeliveriesAsync();
        await Task.WhenAny(_app.Monitor.WaitUntilUnhealthyAsync(cancellationToken), Task.Delay(longest, Host.TimeProvider, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await (ending.IsCompleted ? ending : Task.CompletedTask).ConfigureAwait(false);
    }

    /// <summary>Stops deliveries to the app; calls that run go on.</summary>
    public async Task StopDeliveriesAsync(CancellationToken cancellationToken)
    {
        await _app.Monitor.DisposeAsync().ConfigureAwait(false);
        try
        {
            await EndDeliveriesAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_blocks is not null)
            {
                await Task.WhenAll(_blocks.Jobs.DisposeAsync().AsTask(), _blocks.Settings.DisposeAsync().AsTask()).WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            if (_registration is not null)
            {
                // Actors go while they can still be announced as gone.
                await Blocks.Actors.UnregisterAsync(appIsGone: !Blocks.ActorApp.IsHealthy, cancellationToken).ConfigureAwait(false);
                await Blocks.Actors.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _blocks?.ActorApp.EndStream();

            // Also when the time for all this is over: nobody may find a sidecar that is gone.
            if (Interlocked.Exchange(ref _registration, null) is { } registration)
            {
                await registration.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task EndDeliveriesAsync()
    {
        if (_blocks is not null)
        {
            await _blocks.HotReload.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAll(_blocks.InputBindings.DisposeAsync().AsTask(), _blocks.Subscriptions.DisposeAsync().AsTask()).ConfigureAwait(false);
        }
    }

    /// <summary>The actors' part of <c>/v1.0/metadata</c>.</summary>
    public void WriteActorMetadata(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("actorRuntime"u8);
        writer.WriteString("runtimeStatus"u8, "RUNNING"u8);
        writer.WriteBoolean("hostReady"u8, Blocks.Actors.IsReady);
        writer.WriteString("placement"u8, "placement: connected"u8);
        writer.WriteStartArray("activeActors"u8);
        foreach (var (type, count) in Blocks.Actors.ActiveActors)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WriteNumber("count"u8, count);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        if (_blocks is not null)
        {
            await _blocks.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The app came up, or has not said or got all that it wants yet: asks, and starts what it wants.</summary>
    private async Task<bool> AppUpAsync(bool isAgain, CancellationToken cancellationToken)
    {
        if (!isAgain)
        {
            _knowsActors = false;
            _subscriptionsOfApp = Options.AsksForSubscriptions ? null : [];
        }

        var configuration = _knowsActors ? default
            : !Options.AsksForConfiguration ? new AppAnswer<byte[]>(true, null)
            : await _questions.AskForConfigurationAsync(cancellationToken).ConfigureAwait(false);
        var isSettled = true;
        if (Blocks.Subscriptions.IsNeeded)
        {
            if (_subscriptionsOfApp is null && await _questions.AskForSubscriptionsAsync(cancellationToken).ConfigureAwait(false) is { IsFinal: true, Value: var asked })
            {
                _subscriptionsOfApp = asked ?? [];
            }

            isSettled = await Blocks.Subscriptions.ApplyAsync(_subscriptionsOfApp, cancellationToken).ConfigureAwait(false) && _subscriptionsOfApp is not null;
        }

        isSettled &= await Blocks.InputBindings.ApplyAsync(isAgain, cancellationToken).ConfigureAwait(false);
        if (configuration.IsFinal)
        {
            if (!Blocks.ActorApp.HasStream)
            {
                await Blocks.Actors.RegisterAsync(ActorAppConfiguration.Parse(configuration.Value), cancellationToken).ConfigureAwait(false);
            }

            _knowsActors = true;
            Log.AppReady(_logger, configuration.Value is not null);
        }

        _appSeen = true;
        return isSettled && _knowsActors;
    }

    private Task AppDownAsync(CancellationToken cancellationToken)
        => Blocks.ActorApp.HasStream ? Task.CompletedTask : Blocks.Actors.UnregisterAsync(appIsGone: !_app.Monitor.IsIll, cancellationToken);

    private static IPAddress ParseAddress(string? address)
        => address is null or "localhost" ? IPAddress.Loopback : IPAddress.Parse(address.Trim('[', ']'));

    private static partial class Log
    {
        [LoggerMessage(1003, LogLevel.Warning, "{Warning}")]
        public static partial void Odd(ILogger logger, string warning);

        [LoggerMessage(1001, LogLevel.Information, "dapr initialized. Status: Running. App {AppId}, HTTP port {HttpPort}, gRPC port {GrpcPort}, internal port {InternalPort}")]
        public static partial void Running(ILogger logger, string appId, int httpPort, int grpcPort, int internalPort);

        [LoggerMessage(1002, LogLevel.Information, "the app is ready (it answered /dapr/config: {HasConfiguration})")]
        public static partial void AppReady(ILogger logger, bool hasConfiguration);
    }
}
