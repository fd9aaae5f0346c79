using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace Tandem.Runtime.Tracing.Export;

/// <summary>Sends spans by OTLP, over HTTP with protobuf or over gRPC.</summary>
internal sealed class OtlpSpanExporter(OtlpSettings settings) : OtlpTraceExporter(OptionsFor(settings)), ICountedExporter
{
    /// <inheritdoc/>
    public Action<int, ExportResult>? Taken { get; set; }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var count = (int)activityBatch.Count;
        var result = base.Export(activityBatch);
        Taken?.Invoke(count, result);
        return result;
    }

    private static OtlpExporterOptions OptionsFor(OtlpSettings settings)
    {
        var options = new OtlpExporterOptions
        {
            Endpoint = settings.Endpoint,
            Protocol = settings.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            Headers = string.Join(',', settings.Headers.Select(static header => $"{header.Key}={Uri.EscapeDataString(header.Value)}")),
        };
        if (settings.Timeout is { } timeout)
        {
            options.TimeoutMilliseconds = (int)timeout.TotalMilliseconds;
        }

        return options;
    }
}
