using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Tandem.Runtime.Http1;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Invocation.Grpc;
using Tandem.Runtime.Peers;

namespace Tandem.Sidecar.Http.Invocation;

/// <summary>Copies headers from a request to the next and from an answer back, all but those that belong to one connection or to the sidecar.</summary>
internal static class ForwardedHeaders
{
    private static readonly string[] OfOneConnection =
    [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings",
    ];

    private static readonly FrozenSet<string> NotForwarded =
        ((string[])
        [
            .. OfOneConnection, "host", "expect", "dapr-api-token", "dapr-app-id", PeerChannel.TokenHeader, InvocationHeaders.CallerAppId,
            InvocationHeaders.CallerNamespace, InvocationHeaders.CalleeAppId, InvocationHeaders.CallerTrustDomain, CarriedAnswer.DataTypeHeader,
        ]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotReturned = ((string[])[.. OfOneConnection, .. CarriedAnswer.HeaderNames]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenSet<string> NotReturnedToPeers = OfOneConnection.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Copies a request's headers.</summary>
    /// <param name="traceParent">Sent in place of the caller's own, if there is one.</param>
    /// <param name="keepCaller">Between sidecars the caller's headers are the other sidecar's word, and stay.</param>
    public static void Copy(IHeaderDictionary from, Http1Head to, string? traceParent, bool keepCaller)
    {
        var connection = from.Connection;
        foreach (var (name, values) in from)
        {
            if (!IsForwarded(name, keepCaller) || IsNamed(connection, name) || IsFraming(name) || (traceParent is not null && IsTraceParent(name)))
            {
                continue;
            }

            for (var i = 0; i < values.Count; i++)
            {
                to.WriteHeader(name, values[i] ?? "");
            }
        }

        if (traceParent is not null)
        {
            to.WriteHeader("traceparent", traceParent);
        }
    }

    /// <summary>Copies a request's headers.</summary>
    /// <param name="keepCaller">Between sidecars the caller's headers are the other sidecar's word, and stay.</param>
    public static void Copy(IHeaderDictionary from, HttpRequestMessage to, bool keepCaller)
    {
        var connection = from.Connection;
        foreach (var (name, values) in from)
        {
            if (!IsForwarded(name, keepCaller) || IsNamed(connection, name))
            {
                continue;
            }

            // Content headers are refused by the request's own collection, and the other way round.
            if (values.Count == 1)
            {
                if (!to.Headers.TryAddWithoutValidation(name, values[0]))
                {
                    to.Content?.Headers.TryAddWithoutValidation(name, values[0]);
                }
            }
            else if (!to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                to.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    /// <summary>Copies an answer's headers.</summary>
    /// <param name="toPeer">Another sidecar asked for the answer, and knows what it says beyond HTTP.</param>
    public static void Copy(Http1Headers from, IHeaderDictionary to, bool toPeer)
    {
        var notReturned = toPeer ? NotReturnedToPeers : NotReturned;
        var connection = ConnectionOf(from);
        while (from.MoveNext())
        {
            var name = from.Name;
            if (!notReturned.Contains(name) && !IsNamed(connection, name))
            {
                to[name] = to.TryGetValue(name, out var before) && !IsFraming(name) ? StringValues.Concat(before, from.Value) : from.Value;
            }
        }
    }

    /// <summary>Copies an answer's headers.</summary>
    /// <param name="toPeer">Another sidecar asked for the answer, and knows what it says beyond HTTP.</param>
    public static void Copy(HttpResponseMessage from, IHeaderDictionary to, bool toPeer)
    {
        var notReturned = toPeer ? NotReturnedToPeers : NotReturned;
        var connection = from.Headers.NonValidated.TryGetValues("Connection", out var named) ? new StringValues(named.ToArray()) : StringValues.Empty;
        Copy(from.Headers.NonValidated, to, connection, notReturned);
        Copy(from.Content.Headers.NonValidated, to, connection, notReturned);
    }

    private static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to, StringValues connection, FrozenSet<string> notReturned)
    {
        foreach (var (name, values) in from)
        {
            if (!notReturned.Contains(name) && !IsNamed(connection, name))
            {
                to[name] = values.Count == 1 ? values.ToString() : values.ToArray();
            }
        }
    }

    /// <summary>Whether a request's header is the caller's to send.</summary>
    /// <param name="keepCaller">Between sidecars the caller's headers are the other sidecar's word, and stay.</param>
    public static bool IsForwarded(string name, bool keepCaller)
        => !NotForwarded.Contains(name) || (keepCaller && name.StartsWith("dapr-call", StringComparison.OrdinalIgnoreCase));

    private static bool IsFraming(string name) => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase);

    private static bool IsTraceParent(string name) => name.Equals("traceparent", StringComparison.OrdinalIgnoreCase);

    private static StringValues ConnectionOf(Http1Headers headers)
    {
        var connection = StringValues.Empty;
        while (headers.MoveNext())
        {
            if (headers.Name.Equals("Connection", StringComparison.OrdinalIgnoreCase))
            {
                connection = StringValues.Concat(connection, headers.Value);
            }
        }

        return connection;
    }

    /// <summary>Whether the Connection header says that the header is of that connection alone.</summary>
    private static bool IsNamed(StringValues connection, string name)
    {
        for (var i = 0; i < connection.Count; i++)
        {
            foreach (var token in connection[i].AsSpan().Split(','))
            {
                if (connection[i].AsSpan(token).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
