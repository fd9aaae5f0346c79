using System.CommandLine;

namespace Tandem.Cli.Sidecar;

/// <summary>All of daprd's flags. Those that one machine has no use for are taken and change nothing.</summary>
internal sealed class SidecarFlags
{
    private static readonly string[] TextsWithoutEffect =
    [
        "--actors-disseminate-timeout", "--app-binding-options-timeout", "--control-plane-address", "--control-plane-namespace", "--control-plane-trust-domain",
        "--placement-host-address", "--profile-port", "--scheduler-host-address", "--scheduler-job-streams", "--sentry-address", "--sentry-request-jwt-audiences",
    ];

    private static readonly string[] SwitchesWithoutEffect = ["--disable-builtin-k8s-secret-store", "--enable-mtls"];

    private readonly List<Option> _withoutEffect =
    [
        .. TextsWithoutEffect.Select(static name => new Option<string[]>(name) { Hidden = true }),
        .. SwitchesWithoutEffect.Select(static name => new Option<bool>(name) { Hidden = true }),
    ];

    public Option<string?> AppId { get; } = new("--app-id") { Description = "The app's ID" };

    public Option<string?> AppPort { get; } = new("--app-port") { Description = "The port on which the app listens" };

    public Option<string> AppProtocol { get; } = Text("--app-protocol", "http", "How the app speaks: http, https, h2c, grpc or grpcs");

    public Option<string> AppChannelAddress { get; } = Text("--app-channel-address", "127.0.0.1", "Where the app listens");

    public Option<int> AppMaxConcurrency { get; } = Number("--app-max-concurrency", -1, "How many calls the app gets at once; -1 for no limit");

    public Option<bool> EnableAppHealthCheck { get; } = new("--enable-app-health-check") { Description = "Checks the app's health" };

    public Option<string> AppHealthCheckPath { get; } = Text("--app-health-check-path", "/healthz", "The path of the app's health");

    public Option<int> AppHealthProbeInterval { get; } = Number("--app-health-probe-interval", 5, "Seconds between health checks");

    public Option<int> AppHealthProbeTimeout { get; } = Number("--app-health-probe-timeout", 500, "Milliseconds that a health check may take");

    public Option<int> AppHealthThreshold { get; } = Number("--app-health-threshold", 3, "Failed checks in a row that make the app unhealthy");

    public Option<string> HttpPort { get; } = Text("--dapr-http-port", "3500", "The port of the HTTP API");

    public Option<string> GrpcPort { get; } = Text("--dapr-grpc-port", "50001", "The port of the gRPC API");

    public Option<string?> InternalPort { get; } = new("--dapr-internal-grpc-port") { Description = "The port for other sidecars; a free one by default" };

    public Option<string?> InternalListenAddress { get; } = new("--dapr-internal-grpc-listen-address") { Description = "The address for other sidecars" };

    public Option<string?> PublicPort { get; } = new("--dapr-public-port") { Description = "The port of health and metadata for anybody" };

    public Option<string?> PublicListenAddress { get; } = new("--dapr-public-listen-address") { Description = "The address of the public port" };

    public Option<string?> ListenAddresses { get; } = new("--dapr-listen-addresses") { Description = "The addresses of the APIs, separated by commas" };

    public Option<bool> EnableMetrics { get; } = new("--enable-metrics") { DefaultValueFactory = static _ => true, Description = "Serves metrics" };

    public Option<string> MetricsPort { get; } = Text("--metrics-port", "9090", "The port of the metrics");

    public Option<string?> MetricsListenAddress { get; } = new("--metrics-listen-address") { Description = "The address of the metrics" };

    public Option<string[]> ResourcesPath { get; } = new("--resources-path", "--components-path") { Description = "Folders with resources" };

    public Option<string[]> Config { get; } = new("--config") { Description = "Files with the Configuration" };

    public Option<string> MaxBodySize { get; } = Text("--max-body-size", "4Mi", "The largest request body");

    public Option<string> ReadBufferSize { get; } = Text("--read-buffer-size", "4Ki", "The limit of a request's headers");

    public Option<string?> AllowedOrigins { get; } = new("--allowed-origins") { Description = "Origins whose pages may call the HTTP API, separated by commas; * for all" };

    public Option<bool> EnableApiLogging { get; } = new("--enable-api-logging") { Description = "Logs each API call" };

    public Option<int> GracefulShutdown { get; } = Number("--dapr-graceful-shutdown-seconds", 5, "Seconds that running calls get at the end");

    public Option<string?> BlockShutdown { get; } = new("--dapr-block-shutdown-duration") { Description = "How long a signal to end is held back" };

    public Option<string> LogLevel { get; } = Text("--log-level", "info", "debug, info, warn, error or fatal");

    public Option<bool> LogAsJson { get; } = new("--log-as-json") { Description = "Logs one JSON object a line" };

    public Option<string> Mode { get; } = Text("--mode", "standalone", "standalone");

    public Option<string?> LogFile { get; } = new("--log-file") { Description = "Where the log goes in place of the standard output" };

    public Option<string?> HotReloadInterval { get; } = new("--hot-reload-reconcile-interval") { Description = "How often resources are read anew though no change was seen; 60s by default" };

    public Option<string[]> DisableInitEndpoints { get; } = new("--disable-init-endpoints") { Description = "What the app is not asked for at its start: config, subscribe" };

    public Option<string?> UnixDomainSocket { get; } = new("--unix-domain-socket") { Description = "The folder for the API's socket, dapr-APP-http.socket, which takes the place of its port" };

    public Option<bool> EnableProfiling { get; } = new("--enable-profiling") { Description = "Opens no port: profile the process with the .NET diagnostic tools" };

    public Option<bool> Wait { get; } = new("--wait") { Description = "Waits until a sidecar on this HTTP port is ready for outgoing calls, and ends" };

    public Option<bool> ShowVersion { get; } = new("--version") { Description = "Shows the version" };

    public Option<bool> BuildInfo { get; } = new("--build-info") { Description = "Shows how it was built" };

    /// <summary>Every flag.</summary>
    public IEnumerable<Option> All =>
    [
        AppId, AppPort, AppProtocol, AppChannelAddress, AppMaxConcurrency, EnableAppHealthCheck, AppHealthCheckPath, AppHealthProbeInterval, AppHealthProbeTimeout,
        AppHealthThreshold, HttpPort, GrpcPort, InternalPort, InternalListenAddress, PublicPort, PublicListenAddress, ListenAddresses, EnableMetrics, MetricsPort,
        MetricsListenAddress, ResourcesPath, Config, MaxBodySize, ReadBufferSize, AllowedOrigins, EnableApiLogging, GracefulShutdown, BlockShutdown, LogLevel, LogAsJson, Mode,
        LogFile, HotReloadInterval, DisableInitEndpoints, UnixDomainSocket, EnableProfiling, Wait,
        ShowVersion, BuildInfo, .. _withoutEffect,
    ];

    /// <summary>The flags without effect that were given.</summary>
    public IEnumerable<string> GivenWithoutEffect(ParseResult parsed)
        => _withoutEffect.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(static option => option.Name);

    private static Option<string> Text(string name, string defaultValue, string description)
        => new(name) { DefaultValueFactory = _ => defaultValue, Description = description };

    private static Option<int> Number(string name, int defaultValue, string description)
        => new(name) { DefaultValueFactory = _ => defaultValue, Description = description };
}
