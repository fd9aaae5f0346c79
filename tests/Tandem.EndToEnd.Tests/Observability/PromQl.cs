using System.Text.RegularExpressions;

namespace Tandem.EndToEnd.Tests.Observability;

/// <summary>What a PromQL expression asks for: the names of metrics, and of labels.</summary>
internal static partial class PromQl
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase) { "and", "or", "unless", "bool", "offset", "inf", "nan", "atan2" };

    public static IReadOnlySet<string> MetricsIn(string expression)
    {
        var rest = Grouping().Replace(Quoted().Replace(expression, ""), " ");
        rest = Number().Replace(Bracketed().Replace(rest, " "), " ");
        return Identifier().Matches(rest).Select(static match => match.Value).Where(static name => !Words.Contains(name)).ToHashSet(StringComparer.Ordinal);
    }

    public static IReadOnlySet<string> LabelsIn(string expression)
    {
        var rest = Quoted().Replace(expression, "");
        return Matchers().Matches(rest).Concat(Grouping().Matches(rest))
            .SelectMany(static match => Label().Matches(match.Groups[1].Value))
            .Select(static match => match.Value)
            .ToHashSet(StringComparer.Ordinal);
    }

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"\{([^}]*)\}")]
    private static partial Regex Matchers();

    [GeneratedRegex(@"(?<![\w:])\d[\w.]*")]
    private static partial Regex Number();

    /// <summary>A name that is no function.</summary>
    [GeneratedRegex(@"(?<![\w:$])[a-zA-Z_:][\w:]*(?![\w:])(?!\s*\()")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"[a-zA-Z_]\w*")]
    private static partial Regex Label();
}
