using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Runtime.Metrics;

namespace Tandem.Runtime.Resources;

/// <summary>Reads <c>spec.metrics</c> of a Configuration, which is also written <c>spec.metric</c>.</summary>
internal static class MetricsReader
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(100);

    public static MetricsSettings Read(YamlMap spec, MetricsSettings before)
    {
        foreach (var name in (ReadOnlySpan<string>)["metric", "metrics"])
        {
            if (spec.GetMap(name) is { } metrics)
            {
                before = ReadOne(metrics, before);
            }
        }

        return before;
    }

    private static MetricsSettings ReadOne(YamlMap metrics, MetricsSettings before)
    {
        var http = metrics.GetMap("http");
        return before with
        {
            Enabled = metrics.GetBool("enabled", before.Enabled),
            RecordErrorCodes = metrics.GetBool("recordErrorCodes", before.RecordErrorCodes),
            LatencyBuckets = ReadBuckets(metrics) ?? before.LatencyBuckets,
            Rules = [.. before.Rules, .. metrics.GetMaps("rules").SelectMany(ReadRule)],
            IncreasedCardinality = http?.GetBool("increasedCardinality", before.IncreasedCardinality) ?? before.IncreasedCardinality,
            PathMatching = [.. before.PathMatching, .. http?.GetStrings("pathMatching") ?? []],
            ExcludeVerbs = http?.GetBool("excludeVerbs", before.ExcludeVerbs) ?? before.ExcludeVerbs,
        };
    }

    private static double[]? ReadBuckets(YamlMap metrics)
    {
        const string Name = "latencyDistributionBuckets";
        var bounds = new List<double>();
        foreach (var text in metrics.GetStrings(Name))
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var bound) || !double.IsFinite(bound) || bound is < 0 or > 1e9)
            {
                metrics.Fault($"{Name}[{bounds.Count}]", $"must be a number of milliseconds, not '{text}'");
                return null;
            }

            if (bounds.Count > 0 && bound <= bounds[^1])
            {
                metrics.Fault($"{Name}[{bounds.Count}]", $"must be more than {bounds[^1].ToString(CultureInfo.InvariantCulture)}, which stands before it");
                return null;
            }

            bounds.Add(bound);
        }

        return bounds.Count == 0 ? null : [.. bounds];
    }

    private static IEnumerable<LabelRule> ReadRule(YamlMap rule)
    {
        var metric = rule.RequireString("name");
        metric = metric.StartsWith("dapr_", StringComparison.Ordinal) ? metric : $"dapr_{metric.Replace('/', '_')}";
        foreach (var label in rule.GetMaps("labels"))
        {
            var name = label.RequireString("name");
            foreach (var (replacement, pattern) in label.GetTexts("regex"))
            {
                if (Parse(label, replacement, pattern) is { } regex)
                {
                    yield return new LabelRule(metric, name, regex, replacement);
                }
            }
        }
    }

    private static Regex? Parse(YamlMap label, string replacement, string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, LongestMatch);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            label.Fault($"regex.{replacement}", $"is not a regular expression that can be used: {exception.Message}");
            return null;
        }
    }
}
