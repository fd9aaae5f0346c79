using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Tandem.Testing;

/// <summary>Takes spans by OTLP over HTTP, OTLP over gRPC, or as Zipkin's JSON.</summary>
internal sealed class SpanCollector : IAsyncDisposable
{
    private readonly Channel<CollectedSpan> _spans = Channel.CreateUnbounded<CollectedSpan>();
    private readonly List<CollectedSpan> _seen = [];
    private WebApplication? _app;

    public int Port { get; } = FreePorts.Take();

    /// <summary>All spans that have come so far.</summary>
    public IReadOnlyList<CollectedSpan> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>The header that the exporters were told to send.</summary>
    public string? Key { get; private set; }

    public static async Task<SpanCollector> StartAsync(bool isGrpc, CancellationToken cancellationToken)
    {
        var collector = new SpanCollector();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(collector.Port, listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        collector._app = builder.Build();
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync(cancellationToken);
        return collector;
    }

    public async Task<IReadOnlyList<CollectedSpan>> TakeAsync(int count)
    {
        var spans = new List<CollectedSpan>();
        while (spans.Count < count)
        {
            spans.Add(await _spans.Reader.ReadAsync());
        }

        return spans;
    }

    public ValueTask DisposeAsync() => _app!.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        Key = http.Request.Headers["x-key"];
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        switch (http.Request.Path.Value)
        {
            case "/api/v2/spans":
                ReadZipkin(body.ToArray());
                http.Response.StatusCode = StatusCodes.Status202Accepted;
                break;
            case "/v1/traces":
                ReadRequest(body.ToArray());
                http.Response.ContentType = "application/x-protobuf";
                break;
            case "/opentelemetry.proto.collector.trace.v1.TraceService/Export":
                ReadRequest(body.ToArray().AsMemory(5));
                http.Response.ContentType = "application/grpc";
                await http.Response.Body.WriteAsync(new byte[5]);
                http.Response.AppendTrailer("grpc-status", "0");
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private void Add(CollectedSpan span)
    {
        lock (_seen)
        {
            _seen.Add(span);
        }

        _spans.Writer.TryWrite(span);
    }

    private void ReadZipkin(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var span in document.RootElement.EnumerateArray())
        {
            Add(new CollectedSpan(
                span.GetProperty("traceId").GetString()!,
                span.GetProperty("id").GetString()!,
                span.TryGetProperty("parentId", out var parent) ? parent.GetString()! : "",
                span.GetProperty("name").GetString()!,
                span.GetProperty("localEndpoint").GetProperty("serviceName").GetString()!,
                span.GetProperty("kind").GetString()!,
                span.GetProperty("tags").EnumerateObject().ToDictionary(static tag => tag.Name, static tag => tag.Value.GetString()!)));
        }
    }

    /// <summary>ExportTraceServiceRequest: resource_spans = 1.</summary>
    private void ReadRequest(ReadOnlyMemory<byte> message)
    {
        foreach (var resourceSpans in Fields(message, 1))
        {
            var resource = Fields(resourceSpans, 1).SelectMany(static resource => Fields(resource, 1)).Select(ReadAttribute).ToDictionary();
            foreach (var span in Fields(resourceSpans, 2).SelectMany(static scope => Fields(scope, 2)))
            {
                Add(new CollectedSpan(
                    Hex(span, 1),
                    Hex(span, 2),
                    Hex(span, 4),
                    Text(Fields(span, 5).Single()),
                    resource["service.name"],
                    "",
                    Fields(span, 9).Select(ReadAttribute).ToDictionary()));
            }
        }
    }

    /// <summary>KeyValue: key = 1, value = 2; AnyValue: string_value = 1.</summary>
    private static KeyValuePair<string, string> ReadAttribute(ReadOnlyMemory<byte> attribute)
        => new(Text(Fields(attribute, 1).Single()), Fields(attribute, 2).SelectMany(static value => Fields(value, 1)).Select(Text).FirstOrDefault() ?? "");

    private static string Hex(ReadOnlyMemory<byte> message, int field)
        => string.Concat(Fields(message, field).Select(static value => Convert.ToHexStringLower(value.Span)));

    private static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    /// <summary>The length-delimited fields of that number.</summary>
    private static List<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int field)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        var at = 0;
        while (at < message.Length)
        {
            var tag = ReadNumber(message.Span, ref at);
            switch (tag & 7)
            {
                case 0:
                    ReadNumber(message.Span, ref at);
                    break;
                case 1:
                    BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]);
                    at += 8;
                    break;
                case 2:
                    var length = (int)ReadNumber(message.Span, ref at);
                    if ((int)(tag >> 3) == field)
                    {
                        found.Add(message.Slice(at, length));
                    }

                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new FormatException($"wire type {tag & 7}");
            }
        }

        return found;
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(bytes[at] & 0x7f) << shift;
            if (bytes[at++] < 0x80)
            {
                return value;
            }
        }
    }
}

/// <summary>A span as it arrived.</summary>
internal sealed record CollectedSpan(string TraceId, string SpanId, string ParentId, string Name, string Service, string Kind, IReadOnlyDictionary<string, string> Tags);
