using System.Text;
using Tandem.Runtime.Metrics.Text;

namespace Tandem.Runtime.Metrics;

/// <summary>The labels of a measure: those that all series share, and those that tell them apart.</summary>
internal sealed class MetricLabels
{
    private readonly LabelRules _rules;
    private readonly string[] _names;
    private readonly (string Name, string? Shared, int Index)[] _sorted;

    /// <param name="shared">Labels with one value for the whole sidecar.</param>
    /// <param name="names">Labels whose values a series has, in the order in which they are given.</param>
    public MetricLabels(LabelRules rules, IEnumerable<KeyValuePair<string, string>> shared, params string[] names)
    {
        _rules = rules;
        _names = names;
        _sorted =
        [
            .. shared.Select(static pair => (pair.Key, (string?)pair.Value, -1))
                .Concat(names.Select(static (name, index) => (name, (string?)null, index)))
                .OrderBy(static label => label.Item1, StringComparer.Ordinal),
        ];
    }

    /// <summary>Where a label stands, or -1.</summary>
    public int IndexOf(string? name) => Array.IndexOf(_names, name);

    /// <summary>Whether a metric shows the labels in a way of its own, so that two series may look the same.</summary>
    public bool AreSpecialFor(Metric metric) => metric.Without is not null || _rules.Has(metric.Name);

    /// <summary>The labels as they stand between the braces.</summary>
    public string Format(Metric metric, ReadOnlySpan<string> values)
    {
        if (values.Length != _names.Length)
        {
            throw new ArgumentException($"{metric.Name} has {_names.Length} labels, not {values.Length}", nameof(values));
        }

        var text = new StringBuilder();
        foreach (var (name, shared, index) in _sorted)
        {
            if (name == metric.Without)
            {
                continue;
            }

            var value = _rules.Apply(metric.Name, name, shared ?? values[index]);
            text.Append(text.Length == 0 ? "" : ",").Append(name).Append("=\"");
            PrometheusWriter.AppendEscaped(text, value);
            text.Append('"');
        }

        return text.ToString();
    }
}
