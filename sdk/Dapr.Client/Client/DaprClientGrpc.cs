using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Dapr.Client;

/// <summary>
/// The client over the sidecar's gRPC API, and over HTTP for invocation and health; each building block's members lie in its own folder.
/// </summary>
internal sealed partial class DaprClientGrpc(SidecarGrpc grpc, SidecarHttp sidecar, JsonSerializerOptions options) : DaprClient
{
    public override JsonSerializerOptions JsonSerializerOptions => options;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            grpc.Dispose();
            sidecar.Dispose();
        }

        base.Dispose(disposing);
    }

    private ByteString ToJson<TValue>(TValue value) => UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(value, options));

    /// <summary>The value of an answer; no bytes are no value.</summary>
    private TValue FromJson<TValue>(ByteString json, string operation)
    {
        if (json.IsEmpty)
        {
            return default!;
        }

        try
        {
            return JsonSerializer.Deserialize<TValue>(json.Span, options)!;
        }
        catch (JsonException failure)
        {
            throw new DaprException($"{operation} succeeded, but its value is not a {typeof(TValue).Name}: {failure.Message}", failure);
        }
    }

    private static void Add(MapField<string, string> target, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is not null)
        {
            foreach (var (name, value) in metadata)
            {
                target[name] = value;
            }
        }
    }
}
