using System.Text.RegularExpressions;
using Tandem.Components.Metadata;

namespace Tandem.Components.Sqlite.Database;

/// <summary>Table names that come from metadata: they become part of statements, so only plain names are let in.</summary>
internal static partial class SqliteIdentifier
{
    public static string Parse(ComponentMetadata metadata, string field, string defaultValue)
    {
        var name = metadata.GetString(field) ?? defaultValue;
        return Plain().IsMatch(name)
            ? name
            : throw new ComponentMetadataException(field, $"must be a table name of letters, digits and underscores, not '{name}'");
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
    private static partial Regex Plain();
}
