using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tandem.Runtime.Tests.Support;

/// <summary>Reads Prometheus' text format as strictly as its documentation allows, and fails at what a scraper might take amiss.</summary>
internal sealed partial class PrometheusText
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _helped = new(StringComparer.Ordinal);
    private readonly HashSet<string> _finished = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string Labels), Sample> _samples = [];
    private string _family = "";

    private PrometheusText()
    {
    }

    public IReadOnlyDictionary<string, string> Types => _types;

    public IReadOnlyCollection<Sample> Samples => _samples.Values;

    public static PrometheusText Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var parsed = new PrometheusText();
        foreach (var line in text[..^1].Split('\n'))
        {
            parsed.ReadLine(line);
        }

        parsed.CheckHistograms();
        return parsed;
    }

    /// <summary>The sum of a metric's samples that have these labels; 0 when there is none.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels) => Find(name, labels).Sum(static sample => sample.Value);

    /// <summary>A metric's one sample that has these labels.</summary>
    public double Value(string name, params (string Label, string Value)[] labels) => Assert.Single(Find(name, labels)).Value;

    public IEnumerable<Sample> Find(string name, params (string Label, string Value)[] labels)
        => _samples.Values.Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Label) == label.Value));

    private void ReadLine(string line)
    {
        if (line.StartsWith("# HELP ", StringComparison.Ordinal))
        {
            var name = line.Split(' ', 4) is [_, _, var helped, { Length: > 0 }] ? helped : throw new FormatException($"no text: {line}");
            Assert.True(_helped.Add(name), $"HELP of {name} is there twice");
            Begin(name);
        }
        else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
        {
            var words = line.Split(' ');
            Assert.Equal(4, words.Length);
            Assert.Contains(words[3], (string[])["counter", "gauge", "histogram"]);
            Assert.Equal(_family, words[2]);
            Assert.True(_types.TryAdd(words[2], words[3]), $"TYPE of {words[2]} is there twice");
        }
        else
        {
            ReadSample(line);
        }
    }

    private void Begin(string name)
    {
        Assert.Matches(MetricName(), name);
        Assert.True(_finished.Add(name), $"the samples of {name} do not stand together");
        _family = name;
    }

    private void ReadSample(string line)
    {
        var match = SampleLine().Match(line);
        Assert.True(match.Success, $"no sample: {line}");
        var name = match.Groups["name"].Value;
        var isHistogram = _types[_family] is "histogram";
        Assert.True(isHistogram ? name == $"{_family}_bucket" || name == $"{_family}_sum" || name == $"{_family}_count" : name == _family, $"{name} stands among {_family}");
        var labels = ReadLabels(match.Groups["labels"].Value);
        var value = double.Parse(match.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture);
        Assert.True(_types[_family] is not "counter" || value >= 0, $"a counter below 0: {line}");
        Assert.True(_samples.TryAdd((name, KeyOf(labels)), new Sample(name, labels, value)), $"a series is there twice: {line}");
    }

    private static string KeyOf(IEnumerable<KeyValuePair<string, string>> labels)
        => string.Join(',', labels.OrderBy(static label => label.Key, StringComparer.Ordinal).Select(static label => $"{label.Key}={label.Value}"));

    private static Dictionary<string, string> ReadLabels(string text)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        while (at < text.Length)
        {
            var equals = text.IndexOf('=', at);
            var name = text[at..equals];
            Assert.Matches(LabelName(), name);
            Assert.Equal('"', text[equals + 1]);
            var value = new StringBuilder();
            for (at = equals + 2; text[at] != '"'; at++)
            {
                value.Append(text[at] != '\\' ? text[at] : text[++at] switch
                {
                    'n' => '\n',
                    '\\' => '\\',
                    '"' => '"',
                    var other => throw new FormatException($"\\{other} is no escape"),
                });
            }

            labels.Add(name, value.ToString());
            at++;
            if (at < text.Length)
            {
                Assert.Equal(',', text[at++]);
            }
        }

        return labels;
    }

    private void CheckHistograms()
    {
        foreach (var (family, _) in _types.Where(static type => type.Value is "histogram"))
        {
            var buckets = _samples.Values.Where(sample => sample.Name == $"{family}_bucket").GroupBy(static sample => KeyOf(sample.Labels.Where(static label => label.Key != "le")));
            foreach (var series in buckets)
            {
                var before = (Bound: double.NegativeInfinity, Count: 0.0);
                foreach (var bucket in series)
                {
                    var bound = bucket.Labels["le"] is "+Inf" ? double.PositiveInfinity : double.Parse(bucket.Labels["le"], CultureInfo.InvariantCulture);
                    Assert.True(bound > before.Bound, $"{family}: le {bound} does not follow {before.Bound}");
                    Assert.True(bucket.Value >= before.Count, $"{family}: bucket {bound} is smaller than the one before");
                    before = (bound, bucket.Value);
                }

                Assert.Equal(double.PositiveInfinity, before.Bound);
                Assert.Equal(before.Count, _samples[($"{family}_count", series.Key)].Value);
                Assert.True(_samples.ContainsKey(($"{family}_sum", series.Key)), $"{family} has no sum");
            }
        }
    }

    [GeneratedRegex("^[a-zA-Z_:][a-zA-Z0-9_:]*$")]
    private static partial Regex MetricName();

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex LabelName();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*)\})? (?<value>[^ ]+)$""")]
    private static partial Regex SampleLine();

    internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
}
