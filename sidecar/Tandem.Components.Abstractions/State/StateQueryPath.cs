using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tandem.Components.State;

/// <summary>A path into a JSON value as people write it: <c>person.org</c>, <c>items[0].name</c>.</summary>
public sealed record StateQueryPath
{
    private const int Deepest = 32;

    private StateQueryPath(string text, IReadOnlyList<Step> steps)
    {
        Text = text;
        Steps = steps;
    }

    /// <summary>The path as it was written.</summary>
    public string Text { get; }

    /// <summary>The path's steps, from the value's root.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <summary>Reads a path.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out StateQueryPath? path)
    {
        path = null;
        var steps = new List<Step>();
        foreach (var segment in text.Split('.'))
        {
            var bracket = segment.IndexOf('[', StringComparison.Ordinal);
            var name = bracket < 0 ? segment : segment[..bracket];
            if (name.Length == 0 || name.AsSpan().IndexOfAny('"', ']', '\\') >= 0 || name.Any(char.IsControl))
            {
                return false;
            }

            steps.Add(new Step(name, 0));
            if ((bracket >= 0 && !TryAddIndexes(segment.AsSpan(bracket), steps)) || steps.Count > Deepest)
            {
                return false;
            }
        }

        path = new StateQueryPath(text, steps);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static bool TryAddIndexes(ReadOnlySpan<char> text, List<Step> steps)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf(']');
            if (text[0] != '[' || end < 0 || !int.TryParse(text[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                return false;
            }

            steps.Add(new Step(null, index));
            text = text[(end + 1)..];
        }

        return true;
    }

    /// <summary>One step: into the field of that name, or (without a name) to the item at that index.</summary>
    public readonly record struct Step(string? Field, int Index);
}
