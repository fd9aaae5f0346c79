using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace Tandem.Runtime.Tracing.Export;

/// <summary>Logs spans, as <c>stdout: true</c> asks for.</summary>
internal sealed partial class LogSpanExporter(ILogger logger) : BaseExporter<Activity>
{
    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch)
        {
            Log.Span(logger, span.DisplayName, span.TraceId.ToHexString(), span.SpanId.ToHexString(), span.ParentSpanId.ToHexString(), span.Duration.TotalMilliseconds, span.Status);
        }

        return ExportResult.Success;
    }

    private static partial class Log
    {
        [LoggerMessage(1050, LogLevel.Information, "span {Name}: trace {TraceId}, span {SpanId}, parent {ParentId}, {Milliseconds:0.000} ms, {Status}")]
        public static partial void Span(ILogger logger, string name, string traceId, string spanId, string parentId, double milliseconds, ActivityStatusCode status);
    }
}
