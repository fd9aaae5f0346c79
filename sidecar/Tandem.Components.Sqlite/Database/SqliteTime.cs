using System.Globalization;

namespace Tandem.Components.Sqlite.Database;

/// <summary>
/// Times as SQLite's <c>CURRENT_TIMESTAMP</c> writes them, in UTC, with milliseconds added: a time to live is kept to its length. Comparable as
/// text, also with the whole seconds that <c>CURRENT_TIMESTAMP</c> and other runtimes write.
/// </summary>
internal static class SqliteTime
{
    private const string Format = "yyyy-MM-dd HH:mm:ss.fff";

    public static string ToText(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static DateTimeOffset? FromText(string? text)
        => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
