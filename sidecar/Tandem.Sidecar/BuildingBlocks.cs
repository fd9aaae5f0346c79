using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Components.NameResolution;
using Tandem.Runtime;
using Tandem.Runtime.AccessControl;
using Tandem.Runtime.Actors;
using Tandem.Runtime.Actors.Streaming;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.AppConfiguration;
using Tandem.Runtime.Bindings;
using Tandem.Runtime.Components;
using Tandem.Runtime.Crypto;
using Tandem.Runtime.HotReload;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Jobs;
using Tandem.Runtime.Locks;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.PubSub;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;
using Tandem.Runtime.Secrets;
using Tandem.Runtime.State;
using Tandem.Runtime.State.Outbox;
using Tandem.Runtime.Tracing;
using Tandem.Sidecar.Grpc;
using Tandem.Sidecar.Grpc.ApiLogging;
using Tandem.Sidecar.Http;
using Tandem.Sidecar.Http.ApiLogging;
using Tandem.Sidecar.Http.Invocation;

namespace Tandem.Sidecar;

/// <summary>What one sidecar offers its app: its resources, components and building blocks, made together from the files that it was given.</summary>
internal sealed class BuildingBlocks : IAsyncDisposable
{
    private BuildingBlocks()
    {
    }

    public required ResourceSet Resources { get; init; }

    public ConfigurationResource Configuration => Resources.Configuration;

    public required ComponentSet Components { get; init; }

    /// <summary>Who may call what.</summary>
    public required ApiGuard Guard { get; init; }

    /// <summary>Who may call what over gRPC.</summary>
    public required GrpcGuard GrpcGuard { get; init; }

    /// <summary>What is measured; <see langword="null"/> when nothing is.</summary>
    public required SidecarMetrics? Metrics { get; init; }

    /// <summary>Who of other origins may; <see langword="null"/> for nobody.</summary>
    public required Cors? Cors { get; init; }

    /// <summary>What requests to the HTTP API pass; <see langword="null"/> for nothing.</summary>
    public required RequestDelegate? HttpPipeline { get; init; }

    /// <summary>What calls to the app by service invocation pass; <see langword="null"/> for nothing.</summary>
    public required RequestDelegate? AppHttpPipeline { get; init; }

    /// <summary>Which apps may invoke what of the app; <see langword="null"/> for all.</summary>
    public required AccessControlList? AccessControl { get; init; }

    /// <summary>The spans; <see langword="null"/> when none are made.</summary>
    public required TraceContext? Tracing { get; init; }

    /// <summary>Null when the name resolution is at fault: the sidecar does not start then.</summary>
    public required INameResolver? NameResolver { get; init; }

    public required ServiceInvoker Invoker { get; init; }

    public required StateManager State { get; init; }

    public required StateOutboxes Outboxes { get; init; }

    public required SecretReader Secrets { get; init; }

    public required Publisher Publisher { get; init; }

    public required SubscriptionManager Subscriptions { get; init; }

    public required OutputBindings OutputBindings { get; init; }

    public required InputBindings InputBindings { get; init; }

    public required CryptoManager Crypto { get; init; }

    public required AppSettings Settings { get; init; }

    public required LockManager Locks { get; init; }

    public required JobScheduler Jobs { get; init; }

    /// <summary>The way to the app's actors.</summary>
    public required ActorAppChannel ActorApp { get; init; }

    /// <summary>Null only when the name resolution is at fault.</summary>
    public required ActorRuntime Actors { get; init; }

    /// <summary>Null when API calls are not logged.</summary>
    public required ApiLog? ApiLog { get; init; }

    /// <summary>Null when API calls are not logged.</summary>
    public required GrpcApiLog? GrpcApiLog { get; init; }

    /// <summary>Applies changes of the resource files.</summary>
    public required HotReloader HotReload { get; init; }

    /// <summary>Loads the resources and makes the building blocks; all that is wrong is added to the faults.</summary>
    public static async Task<BuildingBlocks> CreateAsync(
        SidecarOptions options, HostServices host, AppChannelBase app, ILoggerFactory loggers, ResourceFaults faults, CancellationToken cancellationToken)
    {
        var time = host.TimeProvider;
        var resources = ResourceLoader.Load(options, faults);
        var configuration = resources.Configuration;
        var metrics = SidecarMetrics.Create(options, configuration.Metrics);
        app.Metrics = metrics;
        app.Tracing = TraceContext.Create(options.AppId, configuration.Tracing.Or(options.Otlp), metrics, loggers);
        var loader = new ComponentLoader(options, host.Catalog, host.Shared, time, loggers) { Metrics = metrics?.Runtime };
        var components = await loader.LoadAsync(resources, faults, cancellationToken).ConfigureAwait(false);
        metrics?.Watch(components, resources);
        var resolver = await FindResolverAsync(options, host, resources.Configuration, faults, cancellationToken).ConfigureAwait(false);
        var policies = new ResiliencyPolicies(resources.Resiliencies, time, metrics?.Resiliency);
        var endpoints = await HttpEndpoints.CreateTargetsAsync(resources.HttpEndpoints, loader.Secrets, policies, faults, cancellationToken).ConfigureAwait(false);
        var outboxes = new StateOutboxes(options, components, policies, time, loggers);
        await outboxes.ApplyAsync(cancellationToken).ConfigureAwait(false);
        var subscriptions = new SubscriptionManager(options, components, policies, resources.Subscriptions, app, time, loggers, metrics);
        var state = new StateManager(options, components, policies, outboxes, metrics);
        var outputBindings = new OutputBindings(components, policies, metrics);
        var inputBindings = new InputBindings(
            components, policies, app, time, loggers.CreateLogger<InputBindings>(), metrics, new BindingWishGranter(state, outputBindings));
        var self = new CallerIdentity(options.AppId, options.Namespace, configuration.AccessControl?.TrustDomain ?? AccessControlSettings.DefaultTrustDomain);
        var actorApp = new ActorAppChannel(app);
        return new BuildingBlocks
        {
            Resources = resources,
            Components = components,
            Guard = new ApiGuard(options.ApiToken, configuration),
            GrpcGuard = new GrpcGuard(options.ApiToken, configuration),
            Cors = Cors.Create(options.AllowedOrigins, loggers),
            HttpPipeline = Http.Middleware.HttpPipeline.Create(configuration.HttpPipeline, ApiRouter.RouteAsync, resources, components, faults),
            AppHttpPipeline = Http.Middleware.HttpPipeline.Create(configuration.AppHttpPipeline, InvocationEndpoints.CallAppAsync, resources, components, faults),
            AccessControl = configuration.AccessControl is { } accessControl ? new AccessControlList(accessControl) : null,
            Metrics = metrics,
            Tracing = app.Tracing,
            NameResolver = resolver,
            Invoker = new ServiceInvoker(options, host, resolver, host.Peers, policies, endpoints, self, time, metrics),
            State = state,
            Outboxes = outboxes,
            Secrets = new SecretReader(components, resources.Configuration, policies, metrics),
            Publisher = new Publisher(options, components, policies, time, metrics),
            Subscriptions = subscriptions,
            OutputBindings = outputBindings,
            InputBindings = inputBindings,
            ApiLog = options.ApiLoggingEnabled || configuration.ApiLogging.Enabled is true ? new ApiLog(configuration.ApiLogging, loggers) : null,
            GrpcApiLog = options.ApiLoggingEnabled || configuration.ApiLogging.Enabled is true ? new GrpcApiLog(loggers) : null,
            Crypto = new CryptoManager(components, policies, metrics),
            Jobs = new JobScheduler(options, host.Jobs, app, time, loggers),
            HotReload = new HotReloader(options, host.Folders, loader, components, subscriptions, inputBindings, outboxes, resources, time, loggers.CreateLogger<HotReloader>()),
            Settings = new AppSettings(components, policies, app, time, loggers.CreateLogger<AppSettings>(), metrics),
            Locks = new LockManager(options, components, policies),
            ActorApp = actorApp,
            Actors = resolver is null ? null! : new ActorRuntime(new ActorRuntimeContext
            {
                AppId = options.AppId,
                Namespace = options.Namespace,
                App = actorApp,
                Peers = host.Peers,
                Directory = host.Actors,
                NameResolver = resolver,
                Resiliency = policies,
                Metrics = metrics,
                StateStore = components.ActorStateStore is { } store ? new ActorStateStore(store.Name, store.ActorStore!) : null,
                TimeProvider = time,
                LoggerFactory = loggers,
            }),
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Invoker.Dispose();
        await Outboxes.DisposeAsync().ConfigureAwait(false);
        Tracing?.Dispose();
        await Components.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<INameResolver?> FindResolverAsync(
        SidecarOptions options, HostServices host, ConfigurationResource configuration, ResourceFaults faults, CancellationToken cancellationToken)
    {
        try
        {
            return await host.GetResolverAsync(options, configuration.NameResolution, cancellationToken).ConfigureAwait(false);
        }
        catch (ComponentFaultException exception)
        {
            faults.Add(configuration.NameResolution is { } settings ? $"{settings.Id}: {exception.Message}" : $"app '{options.AppId}': {exception.Message}");
            return null;
        }
    }
}
