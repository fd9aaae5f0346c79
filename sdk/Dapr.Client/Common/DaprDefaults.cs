using Microsoft.Extensions.Configuration;

namespace Dapr;

/// <summary>Where the sidecar is and which tokens go with it, as the environment (or the configuration) says.</summary>
internal static class DaprDefaults
{
    public const string DaprApiTokenName = "DAPR_API_TOKEN";
    public const string AppApiTokenName = "APP_API_TOKEN";
    public const string HttpEndpointName = "DAPR_HTTP_ENDPOINT";
    public const string HttpPortName = "DAPR_HTTP_PORT";
    public const string GrpcEndpointName = "DAPR_GRPC_ENDPOINT";
    public const string GrpcPortName = "DAPR_GRPC_PORT";

    private const int DefaultHttpPort = 3500;
    private const int DefaultGrpcPort = 50001;

    public static string? GetApiToken(IConfiguration? configuration = null) => Read(configuration, DaprApiTokenName);

    public static string? GetAppApiToken(IConfiguration? configuration = null) => Read(configuration, AppApiTokenName);

    public static string GetHttpEndpoint(IConfiguration? configuration = null)
        => GetEndpoint(configuration, HttpEndpointName, HttpPortName, DefaultHttpPort);

    public static string GetGrpcEndpoint(IConfiguration? configuration = null)
        => GetEndpoint(configuration, GrpcEndpointName, GrpcPortName, DefaultGrpcPort);

    // 127.0.0.1 and not "localhost": the latter tries ::1 first, where no sidecar listens.
    private static string GetEndpoint(IConfiguration? configuration, string endpointName, string portName, int defaultPort)
        => Read(configuration, endpointName)
            ?? $"http://127.0.0.1:{Read(configuration, portName) ?? defaultPort.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    private static string? Read(IConfiguration? configuration, string name)
    {
        var value = configuration?[name];
        if (string.IsNullOrWhiteSpace(value))
        {
            value = Environment.GetEnvironmentVariable(name);
        }

        return string.IsNullOrWhiteSpace(value) ? null : value;
    }
}
