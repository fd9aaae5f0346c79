using Microsoft.Extensions.Logging;
using Tandem.Cli.Run.Files;
using Tandem.Runtime;
using Tandem.Runtime.Tracing;

namespace Tandem.Cli.Run.Planning;

/// <summary>Makes the settings of one sidecar from what the run file says about its app.</summary>
internal static class SidecarPlanner
{
    private const string DaprFolder = ".dapr";

    public static SidecarOptions Plan(
        AppSettings app, string appId, AppPorts ports, AppEnvironment environment, RunRequest request, List<string> faults)
    {
        var defaults = new SidecarOptions { AppId = appId };
        return defaults with
        {
            AppPort = ports.App,
            AppProtocol = Protocol(app),
            AppChannelAddress = app.Get(RunKeys.AppChannelAddress, defaults.AppChannelAddress),
            AppMaxConcurrency = app.Get(RunKeys.AppMaxConcurrency, defaults.AppMaxConcurrency),
            HttpPort = ports.Http,
            GrpcPort = ports.Grpc,
            InternalPort = ports.Internal,
            MetricsPort = ports.Metrics,
            ListenAddresses = app.Get<string[]>(RunKeys.ApiListenAddresses) ?? defaults.ListenAddresses,
            ResourcesPaths = Resources(app, request, faults),
            ConfigPaths = Config(app, faults),
            AppHealthCheckEnabled = app.Get(RunKeys.EnableAppHealthCheck, false),
            AppHealthCheckPath = app.Get(RunKeys.AppHealthCheckPath, defaults.AppHealthCheckPath),
            AppHealthProbeInterval = AtLeast(1, RunKeys.AppHealthProbeInterval, static seconds => TimeSpan.FromSeconds(seconds), defaults.AppHealthProbeInterval),
            AppHealthProbeTimeout = AtLeast(1, RunKeys.AppHealthProbeTimeout, static ms => TimeSpan.FromMilliseconds(ms), defaults.AppHealthProbeTimeout),
            AppHealthThreshold = AtLeast(1, RunKeys.AppHealthThreshold, static count => count, defaults.AppHealthThreshold),
            MaxBodySize = app.Get(RunKeys.MaxBodySize, defaults.MaxBodySize),
            ReadBufferSize = (int)Math.Min(int.MaxValue, app.Get(RunKeys.ReadBufferSize, (long)defaults.ReadBufferSize)),
            ApiLoggingEnabled = app.Get(RunKeys.EnableApiLogging, false),
            GracefulShutdown = request.GracefulShutdown,
            ApiToken = environment.ApiToken,
            AppToken = environment.AppToken,
            Otlp = OtlpEnvironment.Read(environment.Find, fault => faults.Add($"{app.Where(RunKeys.Env)}: {fault}")),
            Namespace = environment.Namespace ?? defaults.Namespace,
            BaseDirectory = request.File.Directory,
        };

        T AtLeast<T>(int least, string key, Func<int, T> convert, T otherwise)
        {
            if (!app.Has(key))
            {
                return otherwise;
            }

            if (app.Get<int>(key) < least)
            {
                faults.Add($"{app.Where(key)}: must be at least {least}");
                return otherwise;
            }

            return convert(app.Get<int>(key));
        }
    }

    /// <summary>The log level that Dapr's names mean.</summary>
    public static LogLevel Level(string name) => name switch
    {
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" or "panic" => LogLevel.Critical,
        _ => LogLevel.Information,
    };

    private static string Protocol(AppSettings app)
    {
        var protocol = app.Get(RunKeys.AppProtocol, "http");
        return app.Get(RunKeys.AppSsl, false) && protocol is "http" or "grpc" ? protocol + "s" : protocol;
    }

    // The command line, else the file, else the app's own .dapr folder.
    private static IReadOnlyList<string> Resources(AppSettings app, RunRequest request, List<string> faults)
    {
        if (request.ResourcesPaths.Count > 0)
        {
            return request.ResourcesPaths;
        }

        var key = app.Has(RunKeys.ResourcesPaths) ? RunKeys.ResourcesPaths : RunKeys.ResourcesPath;
        var given = app.Get<string[]>(RunKeys.ResourcesPaths)
            ?? (app.Get<string>(RunKeys.ResourcesPath) is { } single ? [single] : []);
        foreach (var path in given.Where(static path => !Path.Exists(path)))
        {
            faults.Add($"{app.Where(key)}: {path} does not exist");
        }

        return given.Length == 0 && InDaprFolder(app, "resources") is { } own && Directory.Exists(own) ? [own] : given;
    }

    private static IReadOnlyList<string> Config(AppSettings app, List<string> faults)
    {
        if (app.Get<string>(RunKeys.ConfigFilePath) is { } path)
        {
            if (!File.Exists(path))
            {
                faults.Add($"{app.Where(RunKeys.ConfigFilePath)}: {path} does not exist");
            }

            return [path];
        }

        return InDaprFolder(app, "config.yaml") is { } own && File.Exists(own) ? [own] : [];
    }

    private static string? InDaprFolder(AppSettings app, string name)
        => app.Get<string>(RunKeys.AppDirPath) is { } directory ? Path.Combine(directory, DaprFolder, name) : null;
}
