using Tandem.Components.Metadata;

namespace Tandem.Components.Sqlite.Database;

/// <summary>Reads a connection string in each of the forms that people write: a path, a <c>file:</c> URI, <c>Data Source=…</c>, <c>:memory:</c>.</summary>
internal static class SqliteConnectionString
{
    private const string Field = "connectionString";
    private static readonly string[] DataSourceNames = ["Data Source", "DataSource", "Filename"];

    public static SqliteOptions Parse(string text, ComponentContext context)
    {
        text = text.Trim();
        var separator = text.IndexOf('=', StringComparison.Ordinal);
        if (separator > 0 && DataSourceNames.Contains(text[..separator].Trim(), StringComparer.OrdinalIgnoreCase))
        {
            var end = text.IndexOf(';', separator);
            text = (end < 0 ? text[(separator + 1)..] : text[(separator + 1)..end]).Trim();
        }

        if (text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return ParseUri(text["file:".Length..], context);
        }

        // A query behind a plain path is how Go's driver takes its options.
        var query = text.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? ForPath(text, context) : ParseUri(text, context);
    }

    private static SqliteOptions ParseUri(string text, ComponentContext context)
    {
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var path = Uri.UnescapeDataString(query < 0 ? text : text[..query]);
        if (path.StartsWith("//localhost/", StringComparison.OrdinalIgnoreCase))
        {
            path = path["//localhost".Length..];
        }
        else if (path.StartsWith("//", StringComparison.Ordinal))
        {
            path = path[2..];
        }

        var inMemory = false;
        foreach (var option in query < 0 ? [] : text[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = option.Split('=', 2) is [var left, var right] ? (left, Uri.UnescapeDataString(right)) : (option, "");
            switch (name)
            {
                case "mode" when value is "memory":
                    inMemory = true;
                    break;
                case "mode" when value is not ("rwc" or "rw"):
                    throw new ComponentMetadataException(Field, $"has the mode '{value}'; a component needs to write");
                case "_pragma":
                    throw new ComponentMetadataException(Field, "has the option '_pragma'; use the fields busyTimeout and disableWAL");
                default:
                    // cache, _txlock, _time_format and the like tune a driver that is not used here.
                    break;
            }
        }

        return inMemory && path.Length > 0 && path != ":memory:"
            ? new SqliteOptions { Path = path, InMemory = true }
            : inMemory ? ForPath(":memory:", context) : ForPath(path, context);
    }

    private static SqliteOptions ForPath(string path, ComponentContext context)
    {
        if (path.Length == 0)
        {
            throw new ComponentMetadataException(Field, "names no file");
        }

        return path == ":memory:"
            ? new SqliteOptions { Path = Guid.CreateVersion7().ToString("N"), InMemory = true }
            : new SqliteOptions { Path = context.ResolveDataPath(path) };
    }
}
