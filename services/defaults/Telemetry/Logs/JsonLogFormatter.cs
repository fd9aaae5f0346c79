using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Tandem.ServiceDefaults;

/// <summary>
/// One JSON object a line, in the same words as shipping's: time, level, app_id, scope (who logs), msg, trace_id and span_id when there is a
/// trace, the message's values by name, and the exception as error.
/// </summary>
internal sealed class JsonLogFormatter(ServiceInfo service, TimeProvider time) : ConsoleFormatter(Key)
{
    internal const string Key = "tandem-json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Taken = ["time", "level", "app_id", "scope", "msg", "event_id", "trace_id", "span_id", "error"];

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("level", LogFields.NameOf(logEntry.LogLevel));
            writer.WriteString("app_id", service.AppId);
            writer.WriteString("scope", logEntry.Category);
            writer.WriteString("msg", message);
            if (logEntry.EventId.Id != 0)
            {
                writer.WriteNumber("event_id", logEntry.EventId.Id);
            }

            if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
            {
                writer.WriteString("trace_id", activity.TraceId.ToHexString());
                writer.WriteString("span_id", activity.SpanId.ToHexString());
            }

            foreach (var (name, value) in LogFields.Of(logEntry, scopeProvider))
            {
                WriteField(writer, name, value);
            }

            if (logEntry.Exception is { } exception)
            {
                writer.WriteString("error", exception.ToString());
            }

            writer.WriteEndObject();
        }

        textWriter.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        textWriter.Write('\n');
    }

    private static void WriteField(Utf8JsonWriter writer, string name, object? value)
    {
        var camel = JsonNamingPolicy.CamelCase.ConvertName(name);
        writer.WritePropertyName(Array.IndexOf(Taken, camel) < 0 ? camel : $"{camel}_");
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int or long or short or byte:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
