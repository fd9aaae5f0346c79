using System.Text.RegularExpressions;

namespace Tandem.Runtime.Metrics;

/// <summary>One of the Configuration's <c>metrics.rules</c>: in a metric's label, what matches is replaced.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Label">The label's name.</param>
/// <param name="Pattern">What is looked for.</param>
/// <param name="Replacement">What is put in its place.</param>
public sealed record LabelRule(string Metric, string Label, Regex Pattern, string Replacement);

/// <summary>The rules by metric.</summary>
internal sealed class LabelRules(IEnumerable<LabelRule> rules)
{
    private readonly ILookup<string, LabelRule> _rules = rules.ToLookup(static rule => rule.Metric, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a metric has rules of its own.</summary>
    public bool Has(string metric) => _rules.Contains(metric);

    /// <summary>A label's value as the metric shows it.</summary>
    public string Apply(string metric, string label, string value)
    {
        foreach (var rule in _rules[metric])
        {
            if (rule.Label.Equals(label, StringComparison.OrdinalIgnoreCase))
            {
                value = rule.Pattern.Replace(value, rule.Replacement);
            }
        }

        return value;
    }
}
