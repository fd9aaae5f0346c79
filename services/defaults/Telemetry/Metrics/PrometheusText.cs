using System.Globalization;
using System.Text;

namespace Tandem.ServiceDefaults;

/// <summary>Prometheus' text format, and OpenTelemetry's rules for turning its names into Prometheus' names.</summary>
internal static class PrometheusText
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes",
        ["%"] = "percent",
    };

    public static string Write(MetricStore store)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var family in store.Collect())
        {
            if (!string.IsNullOrEmpty(family.Help))
            {
                text.Append("# HELP ").Append(family.Name).Append(' ').Append(family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
            }

            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(TypeOf(family.Kind)).Append('\n');
            foreach (var (labels, series) in family.Series)
            {
                var (value, count, buckets) = series.Read();
                if (family.Kind == MetricKind.Histogram)
                {
                    WriteHistogram(text, family, labels, value, count, buckets);
                }
                else
                {
                    WriteSample(text, family.Name, labels, Number(value));
                }
            }
        }

        return text.ToString();
    }

    /// <summary>http.server.request.duration in seconds is http_server_request_duration_seconds.</summary>
    public static string NameOf(string name, string? unit, MetricKind kind)
    {
        var text = new StringBuilder(name.Length + 16);
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        if (unit is not null && Units.TryGetValue(unit, out var suffix) && !name.EndsWith(suffix, StringComparison.Ordinal))
        {
            text.Append('_').Append(suffix);
        }

        if (kind is MetricKind.Counter or MetricKind.ObservedCounter)
        {
            text.Append("_total");
        }

        return text.ToString();
    }

    public static void AppendLabel(StringBuilder text, string name, object? value)
    {
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        text.Append("=\"");
        var content = value switch
        {
            null => "",
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        foreach (var c in content)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    private static void WriteHistogram(StringBuilder text, MetricFamily family, string labels, double sum, long count, long[] buckets)
    {
        var separator = labels.Length > 0 ? "," : "";
        long below = 0;
        for (var i = 0; i < family.Bounds!.Length; i++)
        {
            below += buckets[i];
            WriteSample(text, $"{family.Name}_bucket", $"{labels}{separator}le=\"{Number(family.Bounds[i])}\"", Number(below));
        }

        WriteSample(text, $"{family.Name}_bucket", $"{labels}{separator}le=\"+Inf\"", Number(count));
        WriteSample(text, $"{family.Name}_sum", labels, Number(sum));
        WriteSample(text, $"{family.Name}_count", labels, Number(count));
    }

    private static void WriteSample(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter or MetricKind.ObservedCounter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };
}
