using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tandem.Runtime.Metrics.Text;

/// <summary>Writes Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), version 0.0.4.</summary>
internal sealed class PrometheusWriter(IBufferWriter<byte> output)
{
    /// <summary>Begins a metric; its samples follow.</summary>
    public void StartFamily(Metric metric)
    {
        var help = metric.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        Write($"# HELP {metric.Name} {help}\n# TYPE {metric.Name} ");
        Write(metric.Kind switch
        {
            MetricKind.Counter => "counter\n",
            MetricKind.Gauge => "gauge\n",
            _ => "histogram\n",
        });
    }

    /// <summary>Writes a sample.</summary>
    /// <param name="labels">The labels as they stand between the braces; empty for none.</param>
    public void WriteSample(string name, string labels, double value)
    {
        Write(name);
        WriteLabels(labels, null);
        Write(" ");
        WriteNumber(value);
        Write("\n");
    }

    /// <summary>Writes a histogram's samples.</summary>
    /// <param name="bounds">The upper bounds.</param>
    /// <param name="counts">How many values fell between each bound and the one before it, and how many beyond the last.</param>
    public void WriteHistogram(string name, string labels, IReadOnlyList<string> bounds, ReadOnlySpan<long> counts, double sum)
    {
        var count = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            count += counts[i];
            Write(name);
            Write("_bucket");
            WriteLabels(labels, i < bounds.Count ? bounds[i] : "+Inf");
            Write(" ");
            WriteNumber(count);
            Write("\n");
        }

        WriteSample(name + "_sum", labels, sum);
        WriteSample(name + "_count", labels, count);
    }

    /// <summary>Appends a label's value with what must be escaped in it escaped.</summary>
    public static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(letter),
            };
        }
    }

    private void WriteLabels(string labels, string? bound)
    {
        if (labels.Length == 0 && bound is null)
        {
            return;
        }

        Write("{");
        Write(labels);
        if (bound is not null)
        {
            Write(labels.Length == 0 ? "le=\"" : ",le=\"");
            Write(bound);
            Write("\"");
        }

        Write("}");
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, output);

    private void WriteNumber(double value)
    {
        var span = output.GetSpan(32);
        value.TryFormat(span, out var written, "R", CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
