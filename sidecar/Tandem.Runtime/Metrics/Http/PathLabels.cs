namespace Tandem.Runtime.Metrics.Http;

/// <summary>Turns paths into values of the label <c>path</c>: without the parts that name single things, as the Configuration says.</summary>
internal sealed class PathLabels(MetricsSettings settings)
{
    /// <summary>The longest label; a longer one is cut.</summary>
    public const int Longest = 200;

    private const string Id = "{id}";

    private readonly PathPattern[] _patterns = [.. settings.PathMatching.Select(static pattern => new PathPattern(pattern)).OrderByDescending(static pattern => pattern.Precision)];

    /// <summary>The label, which may be a part of the path, or be written into <paramref name="buffer"/>.</summary>
    public ReadOnlySpan<char> Find(ReadOnlySpan<char> path, Span<char> buffer)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(path))
            {
                return pattern.Text;
            }
        }

        if (!settings.IncreasedCardinality)
        {
            return [];
        }

        var label = Shorten(path, buffer);
        return label.Length > Longest ? label[..Longest] : label;
    }

    /// <summary>Keys of state and secrets are left out, actor IDs are replaced.</summary>
    private static ReadOnlySpan<char> Shorten(ReadOnlySpan<char> path, Span<char> buffer)
    {
        var first = Segment(path, 0, out var end);
        if (first is "actors")
        {
            // What the app is called by: actors/{type}/{id}/method/…
            Segment(path, end, out end);
            return ReplaceId(path, end, int.MaxValue, buffer);
        }

        if (first is not ("v1.0" or "v1.0-alpha1"))
        {
            return path;
        }

        var block = Segment(path, end, out end);
        switch (block)
        {
            case "state" or "secrets":
                Segment(path, end, out end);
                return path[..end];
            case "actors":
                Segment(path, end, out end);
                return ReplaceId(path, end, 1, buffer);
            default:
                return path;
        }
    }

    /// <summary>The path with another segment in place of the one that follows <paramref name="at"/>, and so many segments more.</summary>
    private static ReadOnlySpan<char> ReplaceId(ReadOnlySpan<char> path, int at, int more, Span<char> buffer)
    {
        if (Segment(path, at, out var end).IsEmpty)
        {
            return path;
        }

        var rest = path[end..];
        if (more < int.MaxValue && !Segment(path, end, out var last).IsEmpty)
        {
            rest = path[end..last];
        }

        if (at + 1 + Id.Length > buffer.Length)
        {
            return path[..at];
        }

        path[..at].CopyTo(buffer);
        buffer[at] = '/';
        Id.CopyTo(buffer[(at + 1)..]);
        var length = at + 1 + Id.Length;
        rest = rest[..Math.Min(rest.Length, buffer.Length - length)];
        rest.CopyTo(buffer[length..]);
        return buffer[..(length + rest.Length)];
    }

    /// <summary>The segment that begins at or after <paramref name="at"/>, and where it ends.</summary>
    internal static ReadOnlySpan<char> Segment(ReadOnlySpan<char> path, int at, out int end)
    {
        while (at < path.Length && path[at] == '/')
        {
            at++;
        }

        var length = path[at..].IndexOf('/');
        end = length < 0 ? path.Length : at + length;
        return path[at..end];
    }
}
