using System.Collections.Frozen;

namespace Tandem.Cli.Run.Files;

/// <summary>The keys of the run file, which are those of Dapr's. One table for reading the file and for the flags.</summary>
internal static class RunKeys
{
    public const string AppId = "appID";
    public const string AppDirPath = "appDirPath";
    public const string AppPort = "appPort";
    public const string AppProtocol = "appProtocol";
    public const string AppSsl = "appSSL";
    public const string AppChannelAddress = "appChannelAddress";
    public const string AppMaxConcurrency = "appMaxConcurrency";
    public const string Command = "command";
    public const string Env = "env";
    public const string HttpPort = "daprHTTPPort";
    public const string GrpcPort = "daprGRPCPort";
    public const string InternalGrpcPort = "daprInternalGRPCPort";
    public const string MetricsPort = "metricsPort";
    public const string UnixDomainSocket = "unixDomainSocket";
    public const string ConfigFilePath = "configFilePath";
    public const string ResourcesPath = "resourcesPath";
    public const string ResourcesPaths = "resourcesPaths";
    public const string ApiListenAddresses = "apiListenAddresses";
    public const string LogLevel = "logLevel";
    public const string MaxBodySize = "maxBodySize";
    public const string ReadBufferSize = "readBufferSize";
    public const string EnableAppHealthCheck = "enableAppHealthCheck";
    public const string AppHealthCheckPath = "appHealthCheckPath";
    public const string AppHealthProbeInterval = "appHealthProbeInterval";
    public const string AppHealthProbeTimeout = "appHealthProbeTimeout";
    public const string AppHealthThreshold = "appHealthThreshold";
    public const string EnableApiLogging = "enableApiLogging";
    public const string DaprdLogDestination = "daprdLogDestination";
    public const string AppLogDestination = "appLogDestination";

    private static readonly string[] Destinations = ["file", "console", "fileAndConsole"];

    public static IReadOnlyList<RunKey> All { get; } =
    [
        new(AppId, RunValueKind.Text, "--app-id", "-a", "The id of the app, by which others call it"),
        new(AppDirPath, RunValueKind.Path),
        new(AppPort, RunValueKind.Port, "--app-port", "-p", "The port that the app listens on"),
        new(AppProtocol, RunValueKind.Choice, "--app-protocol", "-P", "How the sidecar speaks to the app", "http", "https", "h2c", "grpc", "grpcs"),
        new(AppSsl, RunValueKind.Switch, "--app-ssl", null, "The app speaks TLS"),
        new(AppChannelAddress, RunValueKind.Text, "--app-channel-address", null, "The address that the app listens on"),
        new(AppMaxConcurrency, RunValueKind.Number, "--app-max-concurrency", null, "How many calls the app gets at once; -1 is unlimited"),
        new(Command, RunValueKind.Command),
        new(Env, RunValueKind.Environment),
        new(HttpPort, RunValueKind.Port, "--dapr-http-port", "-H", "The sidecar's HTTP port"),
        new(GrpcPort, RunValueKind.Port, "--dapr-grpc-port", "-G", "The sidecar's gRPC port"),
        new(InternalGrpcPort, RunValueKind.Port, "--dapr-internal-grpc-port", "-I", "The port for the machine's other sidecars"),
        new(MetricsPort, RunValueKind.Port, "--metrics-port", "-M", "The sidecar's metrics port"),
        new("profilePort", RunValueKind.Port, "--profile-port", null, "Read for compatibility; there is no profile server"),
        new(UnixDomainSocket, RunValueKind.Path, "--unix-domain-socket", "-u", "Refused: the sidecar listens on ports"),
        new(ConfigFilePath, RunValueKind.Path, "--config", "-c", "The file with the Configuration"),
        new(ResourcesPath, RunValueKind.Path),
        new(ResourcesPaths, RunValueKind.PathList),
        new(ApiListenAddresses, RunValueKind.TextList, "--dapr-listen-addresses", null, "The addresses that the sidecar listens on, with commas"),
        new("enableProfiling", RunValueKind.Switch, "--enable-profiling", null, "Read for compatibility; there is no profile server"),
        new(LogLevel, RunValueKind.Choice, "--log-level", null, "How much the sidecar logs", "debug", "info", "warn", "error", "fatal", "panic"),
        new("placementHostAddress", RunValueKind.Text, "--placement-host-address", null, "Read for compatibility; placement is built in"),
        new("schedulerHostAddress", RunValueKind.Text, "--scheduler-host-address", null, "Read for compatibility; the scheduler is built in"),
        new(MaxBodySize, RunValueKind.Size, "--max-body-size", null, "The largest request body, such as 4Mi"),
        new(ReadBufferSize, RunValueKind.Size, "--read-buffer-size", null, "The largest request head, such as 4Ki"),
        new(EnableAppHealthCheck, RunValueKind.Switch, "--enable-app-health-check", null, "Ask the app for its health"),
        new(AppHealthCheckPath, RunValueKind.Text, "--app-health-check-path", null, "The path of the app's health"),
        new(AppHealthProbeInterval, RunValueKind.Number, "--app-health-probe-interval", null, "Seconds between two questions"),
        new(AppHealthProbeTimeout, RunValueKind.Number, "--app-health-probe-timeout", null, "Milliseconds that the answer may take"),
        new(AppHealthThreshold, RunValueKind.Number, "--app-health-threshold", null, "Failures in a row that make the app unhealthy"),
        new(EnableApiLogging, RunValueKind.Switch, "--enable-api-logging", null, "Log every API call"),
        new("runtimePath", RunValueKind.Path, "--runtime-path", null, "Read for compatibility; the sidecar is built in"),
        new(DaprdLogDestination, RunValueKind.Choice, null, null, "", Destinations),
        new(AppLogDestination, RunValueKind.Choice, null, null, "", Destinations),

        // Only of meaning to `dapr run -k`; a file that serves both is a good file.
        new("containerImage", RunValueKind.Text),
        new("containerImagePullPolicy", RunValueKind.Text),
        new("createService", RunValueKind.Switch),
    ];

    /// <summary>The keys by name; names are case-sensitive.</summary>
    public static FrozenDictionary<string, RunKey> ByName { get; } = All.ToFrozenDictionary(static key => key.Name, StringComparer.Ordinal);

    /// <summary>The key that somebody most likely meant.</summary>
    public static string? Nearest(string name) => All.FirstOrDefault(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name;
}
