using Tandem.Runtime.Tracing;

namespace Tandem.Runtime;

/// <summary>One sidecar's settings: daprd's flags (with daprd's defaults), and where its relative paths lead.</summary>
public sealed record SidecarOptions
{
    /// <summary><c>--app-id</c></summary>
    public required string AppId { get; init; }

    /// <summary><c>--app-port</c>; <see langword="null"/> when no app stands beside the sidecar.</summary>
    public int? AppPort { get; init; }

    /// <summary><c>--app-protocol</c>: http, https, h2c, grpc or grpcs.</summary>
    public string AppProtocol { get; init; } = "http";

    /// <summary><c>--app-channel-address</c></summary>
    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary><c>--app-max-concurrency</c>; -1 is unlimited.</summary>
    public int AppMaxConcurrency { get; init; } = -1;

    /// <summary><c>--dapr-http-port</c></summary>
    public int HttpPort { get; init; } = 3500;

    /// <summary><c>--dapr-grpc-port</c></summary>
    public int GrpcPort { get; init; } = 50001;

    /// <summary><c>--dapr-internal-grpc-port</c>: where the machine's other sidecars call this one; <see langword="null"/> takes a free one.</summary>
    public int? InternalPort { get; init; }

    /// <summary><c>--dapr-public-port</c></summary>
    public int? PublicPort { get; init; }

    /// <summary><c>--metrics-port</c>; <see langword="null"/> when metrics are off.</summary>
    public int? MetricsPort { get; init; } = 9090;

    /// <summary><c>--dapr-listen-addresses</c></summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = ["127.0.0.1"];

    /// <summary><c>--metrics-listen-address</c>; <see langword="null"/> for loopback.</summary>
    public string? MetricsListenAddress { get; init; }

    /// <summary><c>--dapr-internal-grpc-listen-address</c>; <see langword="null"/> for loopback.</summary>
    public string? InternalListenAddress { get; init; }

    /// <summary><c>--dapr-public-listen-address</c>; <see langword="null"/> for the API's addresses.</summary>
    public string? PublicListenAddress { get; init; }

    /// <summary><c>--resources-path</c>: folders (or files) with resources.</summary>
    public IReadOnlyList<string> ResourcesPaths { get; init; } = [];

    /// <summary><c>--config</c></summary>
    public IReadOnlyList<string> ConfigPaths { get; init; } = [];

    /// <summary><c>--unix-domain-socket</c>: the folder for the API's socket, which takes the place of its port; <see langword="null"/> for the port.</summary>
    public string? UnixSocketDirectory { get; init; }

    /// <summary>Whether the app is asked for <c>/dapr/config</c>; not with <c>--disable-init-endpoints config</c>.</summary>
    public bool AsksForConfiguration { get; init; } = true;

    /// <summary>Whether the app is asked for <c>/dapr/subscribe</c>; not with <c>--disable-init-endpoints subscribe</c>.</summary>
    public bool AsksForSubscriptions { get; init; } = true;

    /// <summary><c>--hot-reload-reconcile-interval</c>: how often resources are read anew though no change was seen.</summary>
    public TimeSpan HotReloadInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>--enable-app-health-check</c></summary>
    public bool AppHealthCheckEnabled { get; init; }

    /// <summary><c>--app-health-check-path</c></summary>
    public string AppHealthCheckPath { get; init; } = "/healthz";

    /// <summary><c>--app-health-probe-interval</c></summary>
    public TimeSpan AppHealthProbeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>--app-health-probe-timeout</c></summary>
    public TimeSpan AppHealthProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary><c>--app-health-threshold</c>: how many failed probes in a row make the app unhealthy.</summary>
    public int AppHealthThreshold { get; init; } = 3;

    /// <summary><c>--max-body-size</c> in bytes.</summary>
    public long MaxBodySize { get; init; } = 4 * 1024 * 1024;

    /// <summary><c>--read-buffer-size</c> in bytes: the limit of a request's headers.</summary>
    public int ReadBufferSize { get; init; } = 4 * 1024;

    /// <summary><c>--allowed-origins</c>: whose pages may call the HTTP API, separated by commas; <c>*</c> for all, <see langword="null"/> for none.</summary>
    public string? AllowedOrigins { get; init; }

    /// <summary><c>--enable-api-logging</c></summary>
    public bool ApiLoggingEnabled { get; init; }

    /// <summary><c>--dapr-graceful-shutdown-seconds</c></summary>
    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>--dapr-block-shutdown-duration</c></summary>
    public TimeSpan? BlockShutdown { get; init; }

    /// <summary><c>DAPR_API_TOKEN</c>: what callers of the sidecar must send; <see langword="null"/> asks for none.</summary>
    public string? ApiToken { get; init; }

    /// <summary><c>APP_API_TOKEN</c>: what the sidecar sends to its app.</summary>
    public string? AppToken { get; init; }

    /// <summary>Where OpenTelemetry's environment variables send spans; <see langword="null"/> when they do not.</summary>
    public OtlpSettings? Otlp { get; init; }

    /// <summary><c>NAMESPACE</c></summary>
    public string Namespace { get; init; } = "default";

    /// <summary>What relative paths of files that people wrote are relative to.</summary>
    public string BaseDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>What relative paths of data that components write are relative to.</summary>
    public string DataDirectory { get; init; } = Environment.CurrentDirectory;
}
