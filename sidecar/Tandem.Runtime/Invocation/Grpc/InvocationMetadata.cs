using System.Buffers;
using System.Collections.Frozen;
using Grpc.Core;
using Tandem.Grpc.Protocol;
using Tandem.Runtime.Tracing;

namespace Tandem.Runtime.Invocation.Grpc;

/// <summary>HTTP headers and gRPC metadata in each other's terms, as Dapr translates them for service invocation.</summary>
public static class InvocationMetadata
{
    private const string Dapr = "dapr-";

    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz_-.");

    /// <summary>What HTTP means by these is not what gRPC or HTTP/2 would: their names get a prefix.</summary>
    private static readonly FrozenSet<string> OfHttp = FrozenSet.Create(
        StringComparer.Ordinal, "accept", "accept-charset", "accept-language", "accept-ranges", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
        "cache-control", "content-type", "content-length", "cookie", "date", "expect", "from", "host", "if-match", "if-modified-since", "if-none-match",
        "if-schedule-tag-match", "if-unmodified-since", "max-forwards", "origin", "pragma", "referer", "via", "warning");

    /// <summary>Adds an HTTP header to metadata.</summary>
    public static void AddHeader(Metadata metadata, string name, string value)
    {
        var key = name.ToLowerInvariant();
        if (key is not (TraceHeaders.TraceParent or TraceHeaders.TraceState or TraceBinary.Header))
        {
            TryAdd(metadata, OfHttp.Contains(key) ? Dapr + key : key, value);
        }
    }

    /// <summary>The name of an HTTP header for a gRPC header; <see langword="null"/> for one that HTTP has no form for.</summary>
    public static string? HeaderFor(string key)
        => key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal) ? null
            : key.StartsWith("grpc-", StringComparison.Ordinal) || HeaderNames.IsOwnOfResponse(key) ? Dapr + key
            : key;

    /// <summary>Adds the trace to metadata, in both forms.</summary>
    public static void AddTrace(Metadata metadata, string? traceParent, string? traceState)
    {
        if (string.IsNullOrEmpty(traceParent))
        {
            return;
        }

        TryAdd(metadata, TraceHeaders.TraceParent, traceParent);
        if (!string.IsNullOrEmpty(traceState))
        {
            TryAdd(metadata, TraceHeaders.TraceState, traceState);
        }

        if (TraceBinary.Write(traceParent) is { } bytes)
        {
            metadata.Add(TraceBinary.Header, bytes);
        }
    }

    /// <summary>
    /// Adds what can be metadata: a key of other characters than gRPC knows cannot, nor can a text that is not printable ASCII or a binary
    /// value that is not base64.
    /// </summary>
    public static void TryAdd(Metadata metadata, string key, string value)
    {
        if (key.Length == 0 || key.AsSpan().ContainsAnyExcept(KeyCharacters))
        {
            return;
        }

        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                metadata.Add(key, value);
            }
        }
        else if (BinaryHeader.Decode(value) is { } bytes)
        {
            metadata.Add(key, bytes);
        }
    }
}
