using System.Text.RegularExpressions;
using Tandem.Components.Metadata;

namespace Tandem.Components.PostgreSql.Connection;

/// <summary>Table names that come from metadata: they become part of statements, so only names are let in, with or without a schema.</summary>
internal static partial class TableName
{
    /// <summary>Reads a name as PostgreSQL writes it: <c>state</c>, <c>public.state</c>, <c>"My State"</c>.</summary>
    public static string Parse(string field, string name)
        => Pattern().IsMatch(name)
            ? name
            : throw new ComponentMetadataException(field, $"must be a table name such as state or public.state, not '{name}'");

    /// <summary>The name without its schema and quotes.</summary>
    public static string Bare(string name)
    {
        var last = Part().Matches(name)[^1].Value;
        return last.StartsWith('"') ? last[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : last.ToLowerInvariant();
    }

    [GeneratedRegex("^(?:[A-Za-z_][A-Za-z0-9_$]*|\"(?:[^\"\\0]|\"\")+\")(?:\\.(?:[A-Za-z_][A-Za-z0-9_$]*|\"(?:[^\"\\0]|\"\")+\"))?$")]
    private static partial Regex Pattern();

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_$]*|\"(?:[^\"\\0]|\"\")+\"")]
    private static partial Regex Part();
}
