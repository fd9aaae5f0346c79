using System.Globalization;

namespace Tandem.Runtime.Resources;

/// <summary>Status codes as a retry's <c>matching</c> writes them: <c>429,500-504</c>.</summary>
public sealed class StatusCodeSet
{
    private readonly List<(int From, int To)> _ranges = [];

    /// <summary>Whether the status is one of them.</summary>
    public bool Contains(int status) => _ranges.Exists(range => status >= range.From && status <= range.To);

    /// <summary>Parses a list of codes and ranges.</summary>
    public static bool TryParse(string text, out StatusCodeSet set)
    {
        set = new StatusCodeSet();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
                || to < from)
            {
                return false;
            }

            set._ranges.Add((from, to));
        }

        return set._ranges.Count > 0;
    }
}
