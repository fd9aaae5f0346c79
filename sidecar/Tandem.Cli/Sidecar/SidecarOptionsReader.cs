using System.CommandLine;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Tandem.Components.Metadata;
using Tandem.Runtime;
using Tandem.Runtime.Tracing;

namespace Tandem.Cli.Sidecar;

/// <summary>Turns daprd's flags and environment into <see cref="SidecarOptions"/>; each fault names its flag.</summary>
internal sealed class SidecarOptionsReader(SidecarFlags flags, ParseResult parsed)
{
    private static readonly string[] Protocols = ["http", "https", "h2c", "grpc", "grpcs"];

    public List<string> Faults { get; } = [];

    public SidecarOptions Read()
    {
        var appId = parsed.GetValue(flags.AppId);
        if (string.IsNullOrWhiteSpace(appId))
        {
            Faults.Add("--app-id is required");
        }

        var protocol = parsed.GetValue(flags.AppProtocol) ?? "http";
        if (!Protocols.Contains(protocol))
        {
            Faults.Add($"--app-protocol '{protocol}' is none of {string.Join(", ", Protocols)}");
        }

        if (parsed.GetValue(flags.Mode) is { } mode and not ("standalone" or ""))
        {
            Faults.Add($"--mode '{mode}' is not supported: on Kubernetes use Dapr itself");
        }

        return new SidecarOptions
        {
            AppId = appId ?? "",
            AppPort = Port(flags.AppPort),
            AppProtocol = protocol,
            AppChannelAddress = parsed.GetValue(flags.AppChannelAddress) ?? "127.0.0.1",
            AppMaxConcurrency = parsed.GetValue(flags.AppMaxConcurrency),
            AppHealthCheckEnabled = parsed.GetValue(flags.EnableAppHealthCheck),
            AppHealthCheckPath = parsed.GetValue(flags.AppHealthCheckPath) ?? "/healthz",
            AppHealthProbeInterval = TimeSpan.FromSeconds(Positive(flags.AppHealthProbeInterval)),
            AppHealthProbeTimeout = TimeSpan.FromMilliseconds(Positive(flags.AppHealthProbeTimeout)),
            AppHealthThreshold = Positive(flags.AppHealthThreshold),
            HttpPort = Port(flags.HttpPort) ?? 3500,
            GrpcPort = Port(flags.GrpcPort) ?? 50001,
            InternalPort = Port(flags.InternalPort),
            InternalListenAddress = Address(flags.InternalListenAddress),
            PublicPort = Port(flags.PublicPort),
            PublicListenAddress = Address(flags.PublicListenAddress),
            MetricsPort = parsed.GetValue(flags.EnableMetrics) ? Port(flags.MetricsPort) : null,
            MetricsListenAddress = Address(flags.MetricsListenAddress),
            ListenAddresses = Addresses(),
            ResourcesPaths = List(flags.ResourcesPath),
            ConfigPaths = List(flags.Config),
            MaxBodySize = Size(flags.MaxBodySize),
            ReadBufferSize = (int)Math.Min(int.MaxValue, Size(flags.ReadBufferSize)),
            AllowedOrigins = parsed.GetValue(flags.AllowedOrigins),
            ApiLoggingEnabled = parsed.GetValue(flags.EnableApiLogging),
            GracefulShutdown = TimeSpan.FromSeconds(Math.Max(0, parsed.GetValue(flags.GracefulShutdown))),
            BlockShutdown = Duration(flags.BlockShutdown),
            HotReloadInterval = Duration(flags.HotReloadInterval) is { } interval && interval > TimeSpan.Zero ? interval : TimeSpan.FromSeconds(60),
            UnixSocketDirectory = parsed.GetValue(flags.UnixDomainSocket) is { Length: > 0 } folder ? folder : null,
            AsksForConfiguration = !DisabledEndpoints().Contains("config"),
            AsksForSubscriptions = !DisabledEndpoints().Contains("subscribe"),
            ApiToken = Variable("DAPR_API_TOKEN"),
            AppToken = Variable("APP_API_TOKEN"),
            Otlp = OtlpEnvironment.Read(Variable, Faults.Add),
            Namespace = Variable("NAMESPACE") ?? "default",
        };
    }

    private IReadOnlyList<string> DisabledEndpoints()
    {
        var names = List(flags.DisableInitEndpoints);
        foreach (var name in names.Where(static name => name is not ("config" or "subscribe")))
        {
            var fault = $"--disable-init-endpoints '{name}' is neither config nor subscribe";
            if (!Faults.Contains(fault))
            {
                Faults.Add(fault);
            }
        }

        return names;
    }

    public LogLevel ReadLogLevel()
    {
        var level = parsed.GetValue(flags.LogLevel);
        switch (level?.ToLowerInvariant())
        {
            case "debug":
                return LogLevel.Debug;
            case "info" or "" or null:
                return LogLevel.Information;
            case "warn" or "warning":
                return LogLevel.Warning;
            case "error":
                return LogLevel.Error;
            case "fatal":
                return LogLevel.Critical;
            default:
                Faults.Add($"--log-level '{level}' is none of debug, info, warn, error, fatal");
                return LogLevel.Information;
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private int? Port(Option option)
    {
        var text = parsed.GetValue<string?>(option.Name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0)
        {
            return port;
        }

        if (text is not "0")
        {
            Faults.Add($"{option.Name} '{text}' is not a port from 1 to 65535");
        }

        return null;
    }

    private int Positive(Option<int> option)
    {
        var value = parsed.GetValue(option);
        if (value > 0)
        {
            return value;
        }

        Faults.Add($"{option.Name} '{value}' must be more than 0");
        return 1;
    }

    private string? Address(Option<string?> option)
    {
        var text = parsed.GetValue(option);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        Check(option.Name, text);
        return text;
    }

    private string[] Addresses()
    {
        var addresses = (parsed.GetValue(flags.ListenAddresses) ?? "").Split([',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var address in addresses)
        {
            Check(flags.ListenAddresses.Name, address);
        }

        return addresses.Length > 0 ? addresses : ["127.0.0.1"];
    }

    private void Check(string flag, string address)
    {
        if (address is not "localhost" && !IPAddress.TryParse(address.Trim('[', ']'), out _))
        {
            Faults.Add($"{flag} '{address}' is not an IP address");
        }
    }

    /// <summary>A list flag is repeated, or separated by commas, or both.</summary>
    private IReadOnlyList<string> List(Option<string[]> option)
        => [.. (parsed.GetValue(option) ?? []).SelectMany(static text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    private TimeSpan? Duration(Option<string?> option)
    {
        if (parsed.GetValue(option) is not { Length: > 0 } text)
        {
            return null;
        }

        if (GoDuration.TryParse(text, out var duration))
        {
            return duration;
        }

        Faults.Add($"{option.Name} '{text}' is not a duration such as 10s");
        return null;
    }

    private long Size(Option<string> option)
    {
        var text = parsed.GetValue(option) ?? "";
        if (ByteSize.TryParse(text, out var size))
        {
            return size;
        }

        Faults.Add($"{option.Name} '{text}' is not a size such as 4Mi or 4096");
        return 4096;
    }
}
