using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using OpenTelemetry;
using Tandem.Runtime.AppChannel;

namespace Tandem.Runtime.Tracing.Export;

/// <summary>Sends spans as Zipkin's JSON, version 2 (https://zipkin.io/zipkin-api/#/default/post_spans).</summary>
internal sealed class ZipkinSpanExporter(Uri endpoint, string serviceName) : BaseExporter<Activity>, ICountedExporter
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _http = new(HttpHandlers.Create());

    /// <inheritdoc/>
    public Action<int, ExportResult>? Taken { get; set; }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> batch)
    {
        var count = (int)batch.Count;
        var result = Send(Write(batch)) ? ExportResult.Success : ExportResult.Failure;
        Taken?.Invoke(count, result);
        return result;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _http.Dispose();
        base.Dispose(disposing);
    }

    private bool Send(ReadOnlyMemory<byte> json)
    {
        using var limit = new CancellationTokenSource(LongestWait);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new ReadOnlyMemoryContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        try
        {
            using var answer = _http.Send(request, limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // The collector is away: the failure is counted, and the next batch is tried again.
            return false;
        }
    }

    private ReadOnlyMemory<byte> Write(in Batch<Activity> batch)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var span in batch)
            {
                Write(writer, span);
            }

            writer.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    private void Write(Utf8JsonWriter writer, Activity span)
    {
        writer.WriteStartObject();
        writer.WriteString("traceId"u8, span.TraceId.ToHexString());
        writer.WriteString("id"u8, span.SpanId.ToHexString());
        if (span.ParentSpanId != default)
        {
            writer.WriteString("parentId"u8, span.ParentSpanId.ToHexString());
        }

        writer.WriteString("name"u8, span.DisplayName);
        if (span.Kind is not ActivityKind.Internal)
        {
            writer.WriteString("kind"u8, span.Kind.ToString().ToUpperInvariant());
        }

        writer.WriteNumber("timestamp"u8, (span.StartTimeUtc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        writer.WriteNumber("duration"u8, Math.Max(1, span.Duration.Ticks / TimeSpan.TicksPerMicrosecond));
        writer.WriteStartObject("localEndpoint"u8);
        writer.WriteString("serviceName"u8, serviceName);
        writer.WriteEndObject();
        writer.WriteStartObject("tags"u8);
        foreach (var (key, value) in span.TagObjects)
        {
            writer.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
        }

        if (span.Status is ActivityStatusCode.Error)
        {
            writer.WriteString("error"u8, span.StatusDescription ?? "true");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
