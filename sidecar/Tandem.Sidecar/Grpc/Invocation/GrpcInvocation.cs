using Microsoft.AspNetCore.Http;
using Tandem.Grpc.Protocol;
using Tandem.Runtime.Http1;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Tracing;
using Tandem.Sidecar.Http.Invocation;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Invocation;

/// <summary>An invocation by a gRPC caller, in the terms of HTTP: its metadata are the headers, its data the body.</summary>
internal sealed class GrpcInvocation : IInvocationRequest
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    private readonly IHeaderDictionary _metadata;
    private readonly ReadOnlyMemory<byte> _body;
    private readonly string _contentType;

    public GrpcInvocation(Proto.InvokeRequest message, IHeaderDictionary metadata)
    {
        _metadata = metadata;
        _body = message.Data?.Value.Memory ?? default;
        DataType = message.Data?.TypeUrl is { Length: > 0 } type ? type : null;
        _contentType = DataType is not null ? Protobuf : message.ContentType.Length > 0 ? message.ContentType : Json;
        // A caller that names no verb has a gRPC app in mind; an HTTP app is sent its data.
        Method = message.HttpExtension?.Verb is { } verb and not Proto.HTTPExtension.Types.Verb.None ? verb.ToString().ToUpperInvariant() : "POST";
        PathAndQuery = PathOf(message);
        TraceParent = metadata.TraceParent;
    }

    public string Method { get; }

    public string PathAndQuery { get; }

    public Http1Body Body => _body.Length > 0 || Method is "POST" or "PUT" or "PATCH" ? Http1Body.Of(_body) : default;

    public string? TraceParent { get; set; }

    public string? TraceState => _metadata[TraceHeaders.TraceState];

    public string? DataType { get; }

    public void WriteHeaders(Http1Head head)
    {
        foreach (var (name, value) in Headers())
        {
            head.WriteHeader(name, value);
        }

        if (_body.Length > 0)
        {
            head.WriteHeader("Content-Type", _contentType);
        }
    }

    public HttpRequestMessage Create(Uri uri)
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), uri);
        if (Body.IsThere)
        {
            message.Content = new ReadOnlyMemoryContent(_body);
            if (_body.Length > 0)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Type", _contentType);
            }
        }

        foreach (var (name, value) in Headers())
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private IEnumerable<(string Name, string Value)> Headers()
    {
        foreach (var (name, values) in _metadata)
        {
            if (!IsPassedOn(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                yield return (name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) ? "dapr-" + name : name, value ?? "");
            }
        }

        if (!string.IsNullOrEmpty(TraceParent))
        {
            yield return (TraceHeaders.TraceParent, TraceParent);
        }
    }

    /// <summary>What gRPC and HTTP/2 need for themselves says nothing to an app, but for the client's name.</summary>
    private static bool IsPassedOn(string name)
        => (!HeaderNames.IsOwnOfRequest(name) || name.Equals("user-agent", StringComparison.OrdinalIgnoreCase))
            && ForwardedHeaders.IsForwarded(name, keepCaller: false)
            && !name.Equals(TraceHeaders.TraceParent, StringComparison.OrdinalIgnoreCase)
            && !name.Equals(TraceBinary.Header, StringComparison.OrdinalIgnoreCase);

    /// <summary>Method and query as they stand in a URL; callers write them as they like.</summary>
    private static string PathOf(Proto.InvokeRequest message)
    {
        var path = "/" + message.Method.TrimStart('/');
        if (message.HttpExtension?.Querystring is { Length: > 0 } query)
        {
            path = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query.TrimStart('?')}";
        }

        return path.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? string.Concat(path.EnumerateRunes().Select(static rune => rune.Value is > ' ' and <= '~' ? rune.ToString() : Uri.EscapeDataString(rune.ToString())))
            : path;
    }
}
