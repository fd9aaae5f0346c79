using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Tandem.Cli.Logging;

/// <summary>Writes lines of a log as daprd does: <c>time="…" level=info msg="…"</c> and fields by name, or as JSON.</summary>
internal static class LogLine
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A line of text.</summary>
    /// <param name="fields">By name; their order does not matter.</param>
    public static byte[] ToText(DateTimeOffset time, LogLevel level, string message, IEnumerable<KeyValuePair<string, object?>> fields)
    {
        var line = new StringBuilder(256);
        Append(line, "time", TextOf(time));
        Append(line, "level", NameOf(level));
        Append(line, "msg", message);
        foreach (var (name, value) in fields.OrderBy(static field => field.Key, StringComparer.Ordinal))
        {
            Append(line, name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }

        line[^1] = '\n';
        return Encoding.UTF8.GetBytes(line.ToString());
    }

    /// <summary>A line that is one JSON object.</summary>
    public static byte[] ToJson(DateTimeOffset time, LogLevel level, string message, IEnumerable<KeyValuePair<string, object?>> fields)
    {
        var all = fields.Append(new("level", NameOf(level))).Append(new("msg", message)).Append(new("time", TextOf(time)));
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, JsonOptions))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in all.OrderBy(static field => field.Key, StringComparer.Ordinal))
            {
                switch (value)
                {
                    case int or long:
                        writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                        break;
                    default:
                        writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                        break;
                }
            }

            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What was logged beside the message: values that its template does not show.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> FieldsOf<TState>(TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values || values.Count < 2 || values[^1].Value is not string template)
        {
            return [];
        }

        return values.Take(values.Count - 1).Where(value => !template.Contains('{' + value.Key, StringComparison.OrdinalIgnoreCase));
    }

    private static string TextOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    /// <summary>Plain words stand as they are; anything else is quoted as Go quotes it, on one line.</summary>
    private static void Append(StringBuilder line, string name, string value)
    {
        line.Append(name).Append('=');
        if (value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '/' or '@' or '^' or '+'))
        {
            line.Append(value);
        }
        else
        {
            line.Append('"');
            foreach (var rune in value.EnumerateRunes())
            {
                Append(line, rune);
            }

            line.Append('"');
        }

        line.Append(' ');
    }

    private static void Append(StringBuilder line, Rune rune)
    {
        _ = rune.Value switch
        {
            '"' or '\\' => line.Append('\\').Append((char)rune.Value),
            '\a' => line.Append("\\a"),
            '\b' => line.Append("\\b"),
            '\f' => line.Append("\\f"),
            '\n' => line.Append("\\n"),
            '\r' => line.Append("\\r"),
            '\t' => line.Append("\\t"),
            '\v' => line.Append("\\v"),
            < 0x20 or 0x7f => line.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
            _ when IsPrinted(rune) => line.Append(rune.ToString()),
            <= 0xffff => line.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
            _ => line.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
        };
    }

    private static bool IsPrinted(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
