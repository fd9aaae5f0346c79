using System.Buffers;

namespace Tandem.Runtime.AccessControl;

/// <summary>The one form in which an operation's path is held against a list.</summary>
internal static class OperationPath
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static code => (char)code), '\x7f', '#', '?', '\\']);

    /// <summary>
    /// Unescapes the path, in lower case and without its last slash. Paths with control characters, <c>#</c>, <c>?</c> or backslashes (escaped or
    /// not), with empty segments, or with <c>.</c> and <c>..</c> have no such form: an app may read them as another path.
    /// </summary>
    public static bool TryNormalize(string pathAndQuery, out string path)
    {
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        path = Uri.UnescapeDataString(query < 0 ? pathAndQuery : pathAndQuery[..query]).ToLowerInvariant();
        if (path.Length > 1 && path.EndsWith('/'))
        {
            path = path[..^1];
        }

        if (path.AsSpan().ContainsAny(Forbidden) || path.Contains("//", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var segment in path.AsSpan().Split('/'))
        {
            if (path.AsSpan(segment) is "." or "..")
            {
                return false;
            }
        }

        return true;
    }
}
