using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Http;

/// <summary>
/// One request to a building block: the connection's sidecar, the HTTP context, and the path as it was sent (escapes and all) with
/// the place where the building block's own part begins.
/// </summary>
internal readonly struct ApiRequest(HttpContext http, SidecarInstance sidecar, string target, int offset, int pathEnd, bool isAlpha)
{
    /// <summary>The HTTP context.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>The sidecar that was called.</summary>
    public SidecarInstance Sidecar { get; } = sidecar;

    /// <summary>The building blocks of <see cref="Sidecar"/>.</summary>
    public BuildingBlocks Blocks => Sidecar.Blocks;

    /// <summary>Whether the path began with <c>/v1.0-alpha1/</c>.</summary>
    public bool IsAlpha { get; } = isAlpha;

    /// <summary>Path and query as they were sent.</summary>
    public string Target { get; } = target;

    /// <summary>Where the building block's own part begins in <see cref="Target"/>.</summary>
    public int Offset { get; } = offset;

    /// <summary>Where the path ends in <see cref="Target"/>, and the query (with its question mark) begins.</summary>
    public int PathEnd { get; } = pathEnd;

    /// <summary>The building block's own part of the path, escaped, without a slash before it: <c>mystore/key%201</c>.</summary>
    public ReadOnlySpan<char> Tail => Offset < PathEnd ? Target.AsSpan(Offset, PathEnd - Offset) : [];

    /// <summary>The query as it was sent, with its question mark; empty without one.</summary>
    public ReadOnlySpan<char> Query => Target.AsSpan(PathEnd);

    /// <summary>Reads <see cref="Tail"/> segment by segment, unescaped.</summary>
    public PathReader Segments => new(Tail);

    /// <summary>The request's method.</summary>
    public string Method => Http.Request.Method;

    /// <summary>Whether the method is POST or PUT, which Dapr takes as one in most places.</summary>
    public bool IsPostOrPut => HttpMethods.IsPost(Method) || HttpMethods.IsPut(Method);

    /// <summary>Cancelled when the caller goes away.</summary>
    public CancellationToken Aborted => Http.RequestAborted;
}

/// <summary>Reads the segments of an escaped path; empty ones are skipped, as a double slash means one.</summary>
internal ref struct PathReader(ReadOnlySpan<char> path)
{
    private ReadOnlySpan<char> _rest = path;

    /// <summary>What was not read yet, escaped, without a slash before it.</summary>
    public readonly ReadOnlySpan<char> Rest => _rest.TrimStart('/');

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => Rest.IsEmpty;

    /// <summary>Reads the next segment as it was sent.</summary>
    public bool TryReadRaw(out ReadOnlySpan<char> segment)
    {
        var rest = Rest;
        var end = rest.IndexOf('/');
        segment = end < 0 ? rest : rest[..end];
        _rest = end < 0 ? [] : rest[(end + 1)..];
        return !segment.IsEmpty;
    }

    /// <summary>Reads the next segment, unescaped.</summary>
    public bool TryRead(out string segment)
    {
        if (!TryReadRaw(out var raw))
        {
            segment = "";
            return false;
        }

        segment = Unescape(raw);
        return true;
    }

    /// <summary>Reads all that is left as one unescaped text; for names that may hold slashes.</summary>
    public bool TryReadToEnd(out string rest)
    {
        rest = Unescape(Rest);
        _rest = [];
        return rest.Length > 0;
    }

    /// <summary>Text without percent escapes.</summary>
    public static string Unescape(ReadOnlySpan<char> text)
        => text.Contains('%') ? Uri.UnescapeDataString(text) : text.ToString();
}
