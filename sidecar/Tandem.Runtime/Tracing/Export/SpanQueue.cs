using System.Diagnostics;
using OpenTelemetry;
using Tandem.Runtime.Metrics;

namespace Tandem.Runtime.Tracing.Export;

/// <summary>
/// Keeps spans until they are sent, many at a time, by a thread of its own. No request ever waits for it: when the collector is too slow
/// and the queue is full, spans are dropped, and counted.
/// </summary>
internal sealed class SpanQueue : BatchActivityExportProcessor
{
    internal const int MostWaiting = 2048;
    private const int MostInOneBatch = 512;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private readonly Counter? _dropped;
    private int _waiting;

    public SpanQueue(BaseExporter<Activity> exporter, string name, SpanMetrics? metrics)
        : base(exporter, MostWaiting, (int)LongestDelay.TotalMilliseconds, maxExportBatchSize: MostInOneBatch)
    {
        _dropped = metrics?.Dropped(name);
        var sent = metrics?.Exported(name);
        var failed = metrics?.Failed(name);
        ((ICountedExporter)exporter).Taken = (count, result) =>
        {
            Interlocked.Add(ref _waiting, -count);
            (result is ExportResult.Success ? sent : failed)?.Add(count);
        };
    }

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (!data.Recorded)
        {
            return;
        }

        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            _dropped?.Add();
            return;
        }

        base.OnEnd(data);
    }
}

/// <summary>An exporter that says what became of the spans that it took.</summary>
internal interface ICountedExporter
{
    /// <summary>Hears of each batch: how many spans, and whether they arrived.</summary>
    Action<int, ExportResult>? Taken { get; set; }
}
