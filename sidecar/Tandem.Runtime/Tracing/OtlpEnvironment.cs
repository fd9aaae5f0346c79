using System.Globalization;

namespace Tandem.Runtime.Tracing;

/// <summary>
/// OpenTelemetry's environment variables, which daprd reads as well: one setting for the services and their sidecars. They count where the
/// Configuration names no collector.
/// </summary>
public static class OtlpEnvironment
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Insecure = "OTEL_EXPORTER_OTLP_INSECURE";
    private const string Headers = "OTEL_EXPORTER_OTLP_HEADERS";
    private const string Timeout = "OTEL_EXPORTER_OTLP_TIMEOUT";

    /// <summary>Where spans go; <see langword="null"/> when no variable says so, or what it says is at fault.</summary>
    /// <param name="variable">The value of a variable.</param>
    /// <param name="fault">Takes what is wrong.</param>
    public static OtlpSettings? Read(Func<string, string?> variable, Action<string> fault)
    {
        if (variable(Endpoint) is not { Length: > 0 } address)
        {
            return null;
        }

        var isGrpc = variable(Protocol) is not { Length: > 0 } protocol || !protocol.StartsWith("http", StringComparison.Ordinal);
        var scheme = string.Equals(variable(Insecure), "true", StringComparison.OrdinalIgnoreCase) ? "http" : "https";
        var whole = address.Contains("://", StringComparison.Ordinal) ? address : $"{scheme}://{address}";
        if (!Uri.TryCreate(whole, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            fault($"{Endpoint}: must be an address such as http://localhost:4317, not '{address}'");
            return null;
        }

        return new OtlpSettings(isGrpc ? endpoint : SignalPath(endpoint), isGrpc, ReadHeaders(variable(Headers), fault), ReadTimeout(variable(Timeout), fault));
    }

    /// <summary>Over HTTP each signal has a path of its own below the address.</summary>
    private static Uri SignalPath(Uri endpoint) => new($"{endpoint.ToString().TrimEnd('/')}/v1/traces");

    /// <summary>Names and values as <c>name=value,name=value</c>, the values as in URLs. What they are is not for any message.</summary>
    private static Dictionary<string, string> ReadHeaders(string? text, Action<string> fault)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (pair.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                headers[pair[..at].Trim()] = Uri.UnescapeDataString(pair[(at + 1)..].Trim());
            }
            else
            {
                fault($"{Headers}: must be name=value, separated by commas");
            }
        }

        return headers;
    }

    private static TimeSpan? ReadTimeout(string? text, Action<string> fault)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        fault($"{Timeout}: must be a number of milliseconds, not '{text}'");
        return null;
    }
}
