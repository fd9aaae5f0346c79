using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Tandem.ServiceDefaults;

/// <summary>One line for people: time, level, who logs, the message, and the trace's id to look for it elsewhere.</summary>
internal sealed class TextLogFormatter(TimeProvider time) : ConsoleFormatter(Key)
{
    internal const string Key = "tandem-text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(time.GetUtcNow().UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
        textWriter.Write(' ');
        textWriter.Write(LogFields.NameOf(logEntry.LogLevel));
        textWriter.Write(": ");
        textWriter.Write(logEntry.Category);
        textWriter.Write('[');
        textWriter.Write(logEntry.EventId.Id);
        textWriter.Write("] ");
        WriteOnOneLine(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(' ');
            WriteOnOneLine(textWriter, exception.ToString());
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            textWriter.Write(" trace_id=");
            textWriter.Write(activity.TraceId.ToHexString());
        }

        textWriter.Write('\n');
    }

    /// <summary>Whatever a client put into a message, it makes no line of its own.</summary>
    private static void WriteOnOneLine(TextWriter writer, string? text)
    {
        foreach (var c in text ?? "")
        {
            writer.Write(char.IsControl(c) ? ' ' : c);
        }
    }
}
