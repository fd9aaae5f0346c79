using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Peers;
using Tandem.Runtime.Tracing;

namespace Tandem.Sidecar.Grpc.Proxy;

/// <summary>Copies the metadata of calls and answers, all but what belongs to one connection or to the sidecar.</summary>
internal static class ProxyHeaders
{
    private static readonly string[] OfOneConnection = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "host", "content-length"];

    private static readonly FrozenSet<string> NotForwarded =
        ((string[])
        [
            .. OfOneConnection, "dapr-api-token", PeerChannel.TokenHeader, InvocationHeaders.CallerAppId,
            InvocationHeaders.CallerNamespace, InvocationHeaders.CalleeAppId, InvocationHeaders.CallerTrustDomain,
        ]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotReturned = OfOneConnection.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Copies a call's metadata.</summary>
    /// <param name="keepCaller">Between sidecars the caller's headers are the other sidecar's word, and stay.</param>
    /// <param name="traceParent">Sent in place of the caller's own; <see langword="null"/> leaves that.</param>
    public static void Copy(IHeaderDictionary from, HttpRequestMessage to, bool keepCaller, string? traceParent)
    {
        foreach (var (name, values) in from)
        {
            if (name.StartsWith(':') || (NotForwarded.Contains(name) && !(keepCaller && name.StartsWith("dapr-call", StringComparison.OrdinalIgnoreCase)))
                || (traceParent is not null && IsTrace(name)))
            {
                continue;
            }

            for (var i = 0; i < values.Count; i++)
            {
                // Content-Type is refused by the request's own collection.
                if (!to.Headers.TryAddWithoutValidation(name, values[i]))
                {
                    to.Content!.Headers.TryAddWithoutValidation(name, values[i]);
                }
            }
        }

        if (traceParent is not null)
        {
            to.Headers.TryAddWithoutValidation(TraceHeaders.TraceParent, traceParent);
            if (TraceBinary.Write(traceParent) is { } bytes)
            {
                to.Headers.TryAddWithoutValidation(TraceBinary.Header, Convert.ToBase64String(bytes));
            }
        }
    }

    /// <summary>Copies an answer's headers.</summary>
    public static void Copy(HttpResponseMessage from, IHeaderDictionary to)
    {
        Copy(from.Headers.NonValidated, to);
        Copy(from.Content.Headers.NonValidated, to);
    }

    /// <summary>Copies an answer's trailers.</summary>
    public static void CopyTrailers(HttpResponseMessage from, HttpResponse to)
    {
        foreach (var (name, values) in from.TrailingHeaders.NonValidated)
        {
            to.AppendTrailer(name, values.Count == 1 ? values.ToString() : values.ToArray());
        }
    }

    /// <summary>The trace that a call belongs to, in either of the forms that callers use.</summary>
    public static string? TraceParentOf(IHeaderDictionary headers)
        => headers.TraceParent.Count > 0 ? headers.TraceParent.ToString() : TraceBinary.Read(headers[TraceBinary.Header]);

    private static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!NotReturned.Contains(name))
            {
                to[name] = values.Count == 1 ? values.ToString() : values.ToArray();
            }
        }
    }

    private static bool IsTrace(string name)
        => name.Equals(TraceHeaders.TraceParent, StringComparison.OrdinalIgnoreCase) || name.Equals(TraceBinary.Header, StringComparison.OrdinalIgnoreCase);
}
