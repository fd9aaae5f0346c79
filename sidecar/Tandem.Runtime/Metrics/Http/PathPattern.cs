namespace Tandem.Runtime.Metrics.Http;

/// <summary>
/// One of <c>http.pathMatching</c>: segments stand for themselves or, in braces, for any one; <c>{name...}</c> or a slash at the end
/// stands for all that follows.
/// </summary>
internal sealed class PathPattern
{
    private readonly string[] _segments;
    private readonly bool _isPrefix;

    public PathPattern(string text)
    {
        Text = text;
        _segments = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        _isPrefix = text.EndsWith('/');
        if (_segments is [.. var before, { } last] && last.StartsWith('{') && last.EndsWith("...}", StringComparison.Ordinal))
        {
            _segments = before;
            _isPrefix = true;
        }

        Precision = (_segments.Count(static segment => !IsWildcard(segment)) * 1000) + _segments.Length;
    }

    /// <summary>The pattern, which is also the label.</summary>
    public string Text { get; }

    /// <summary>Of two patterns that match, the more precise one counts.</summary>
    public int Precision { get; }

    public bool Matches(ReadOnlySpan<char> path)
    {
        var at = 0;
        foreach (var segment in _segments)
        {
            var part = PathLabels.Segment(path, at, out at);
            if (part.IsEmpty || !(IsWildcard(segment) || part.SequenceEqual(segment)))
            {
                return false;
            }
        }

        return _isPrefix || PathLabels.Segment(path, at, out _).IsEmpty;
    }

    private static bool IsWildcard(string segment) => segment.StartsWith('{') && segment.EndsWith('}');
}
