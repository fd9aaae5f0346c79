using Microsoft.Extensions.Logging;
using Tandem.Runtime.AppChannel.Grpc;
using Tandem.Runtime.Http2;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Tracing;

namespace Tandem.Runtime.AppChannel;

/// <summary>The channel to an app of any protocol. What it sees of the app's life it tells its <see cref="AppMonitor"/>.</summary>
public abstract class AppChannelBase : IAppChannel, IAsyncDisposable
{
    /// <summary>Under this name the app gets its token.</summary>
    public const string TokenHeader = "dapr-api-token";

    private Http2Channel? _proxied;

    /// <summary>Makes the channel; <see cref="AppMonitor.Start"/> begins to look for the app.</summary>
    protected AppChannelBase(SidecarOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory)
    {
        Options = options;
        Gate = options.AppMaxConcurrency > 0 ? new SemaphoreSlim(options.AppMaxConcurrency) : null;
        Origin = $"{(options.AppProtocol is "https" or "grpcs" ? "https" : "http")}://{options.AppChannelAddress}:{options.AppPort}";
        Monitor = new AppMonitor(options, ProbeHealthAsync, timeProvider, loggerFactory.CreateLogger<AppMonitor>());
    }

    /// <summary>Watches whether the app is there.</summary>
    public AppMonitor Monitor { get; }

    /// <summary>Where requests to the app are measured; <see langword="null"/> when they are not. Set before the first one.</summary>
    public SidecarMetrics? Metrics { get; set; }

    /// <summary>The sidecar's spans. Set before the first request.</summary>
    public TraceContext? Tracing { get; set; }

    /// <summary>The app.</summary>
    public string AppId => Options.AppId;

    /// <inheritdoc/>
    public bool IsConfigured => Options.AppPort is not null;

    /// <inheritdoc/>
    public bool IsHealthy => Monitor.IsHealthy;

    /// <inheritdoc/>
    public abstract IAppCallbacks Callbacks { get; }

    /// <summary>
    /// The way of gRPC calls that pass the sidecar as they are, whatever protocol the app's other calls have. They do not count for
    /// <c>--app-max-concurrency</c>: some last as long as the app.
    /// </summary>
    /// <exception cref="AppUnreachableException">There is no app.</exception>
    public Http2Channel Proxied
    {
        get
        {
            EnsureConfigured();
            return _proxied ?? LazyInitializer.EnsureInitialized(ref _proxied, () => new Http2Channel(Origin));
        }
    }

    /// <summary>What the app is told of whoever calls it: that it is its sidecar.</summary>
    public string? Token => Options.AppToken;

    /// <summary>The sidecar's settings.</summary>
    protected SidecarOptions Options { get; }

    /// <summary>Lets as many calls pass at a time as the app takes; <see langword="null"/> for any number.</summary>
    protected SemaphoreSlim? Gate { get; }

    /// <summary>Where the app listens, as a URI begins.</summary>
    protected string Origin { get; }

    /// <summary>The channel in the protocol that the app speaks.</summary>
    public static AppChannelBase Create(SidecarOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory)
        => options.AppProtocol is "grpc" or "grpcs"
            ? new GrpcAppChannel(options, timeProvider, loggerFactory)
            : new HttpAppChannel(options, timeProvider, loggerFactory);

    /// <inheritdoc/>
    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken) => Monitor.WaitUntilHealthyAsync(cancellationToken);

    /// <inheritdoc/>
    public abstract Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>Passes a request on to the app; the answer streams, and its head is all that was read of it.</summary>
    /// <exception cref="AppUnreachableException">There is no app, or it did not answer.</exception>
    public abstract ValueTask<ForwardedAnswer> ForwardAsync(IInvocationRequest request, AddedHeaders added, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await Monitor.DisposeAsync().ConfigureAwait(false);
        _proxied?.Dispose();
        Gate?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks the app for its health.</summary>
    protected abstract Task<bool> ProbeHealthAsync(CancellationToken cancellationToken);

    /// <summary>Refuses calls to an app that is not there by its settings.</summary>
    protected void EnsureConfigured()
    {
        if (!IsConfigured)
        {
            throw new AppUnreachableException($"no app stands beside the sidecar of '{AppId}' (--app-port is not set)");
        }
    }

    /// <summary>Says that the app did not answer, and has it looked into.</summary>
    /// <param name="refused">Nobody listens there.</param>
    protected AppUnreachableException Unreachable(Exception exception, bool refused)
    {
        Monitor.ReportFailure(refused);
        return new($"the app '{AppId}' did not answer at {Origin}: {exception.Message}", exception) { Broke = !refused, IsRefused = refused };
    }
}
