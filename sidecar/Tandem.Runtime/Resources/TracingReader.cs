using System.Globalization;
using Tandem.Runtime.Tracing;

namespace Tandem.Runtime.Resources;

/// <summary>Reads <c>spec.tracing</c> of a Configuration.</summary>
internal static class TracingReader
{
    public static TracingSettings Read(YamlMap? tracing, TracingSettings before) => tracing is null ? before : before with
    {
        SamplingRate = ReadSamplingRate(tracing) ?? before.SamplingRate,
        Stdout = tracing.GetBool("stdout", before.Stdout),
        Otlp = ReadOtlp(tracing.GetMap("otel")) ?? before.Otlp,
        Zipkin = ReadZipkin(tracing.GetMap("zipkin")) ?? before.Zipkin,
    };

    private static double? ReadSamplingRate(YamlMap tracing)
    {
        if (tracing.GetString("samplingRate") is not { Length: > 0 } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is >= 0 and <= 1)
        {
            return rate;
        }

        tracing.Fault("samplingRate", $"must be a number from 0 to 1, not '{text}'");
        return null;
    }

    private static OtlpSettings? ReadOtlp(YamlMap? otel)
    {
        if (otel?.GetString("endpointAddress") is not { Length: > 0 } address)
        {
            return null;
        }

        var protocol = otel.GetString("protocol") ?? "grpc";
        if (protocol is not ("grpc" or "http"))
        {
            otel.Fault("protocol", $"must be http or grpc, not '{protocol}'");
        }

        var scheme = otel.GetBool("isSecure", true) ? "https" : "http";
        var whole = address.Contains("://", StringComparison.Ordinal) ? address : $"{scheme}://{address}";
        if (!TryParse(whole, out var endpoint))
        {
            otel.Fault("endpointAddress", $"must be an address such as localhost:4317, not '{address}'");
            return null;
        }

        if (protocol is "http" && endpoint.AbsolutePath is "/")
        {
            endpoint = new Uri(endpoint, "/v1/traces");
        }

        return new OtlpSettings(endpoint, protocol is "grpc", ReadHeaders(otel), otel.GetDuration("timeout"));
    }

    /// <summary>A mapping, or a list of names and values.</summary>
    private static IReadOnlyDictionary<string, string> ReadHeaders(YamlMap otel)
        => otel.IsList("headers")
            ? otel.GetMaps("headers").GroupBy(static header => header.RequireString("name")).ToDictionary(static header => header.Key, static header => header.Last().GetString("value") ?? "")
            : otel.GetTexts("headers");

    private static Uri? ReadZipkin(YamlMap? zipkin)
    {
        if (zipkin?.GetString("endpointAddress") is not { Length: > 0 } address)
        {
            return null;
        }

        if (TryParse(address, out var endpoint))
        {
            return endpoint;
        }

        zipkin.Fault("endpointAddress", $"must be a URL such as http://localhost:9411/api/v2/spans, not '{address}'");
        return null;
    }

    private static bool TryParse(string text, out Uri endpoint)
        => Uri.TryCreate(text, UriKind.Absolute, out endpoint!) && endpoint.Scheme is "http" or "https";
}
