using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tandem.ServiceDefaults;

/// <summary>What a log entry says beside its message: the values of its template, and those of the scopes around it.</summary>
internal static class LogFields
{
    /// <summary>The message's template is a field of its own in .NET's logging, and of no use to a reader of the message.</summary>
    private const string Template = "{OriginalFormat}";

    /// <summary>Every request has one, and nobody ever looks for it.</summary>
    private const string Connection = "ConnectionId";

    public static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    /// <summary>By name; what is nearer to the message wins.</summary>
    public static Dictionary<string, object?> Of<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes)
    {
        var fields = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        scopes?.ForEachScope(static (scope, fields) => Add(scope, fields), fields);
        Add(entry.State, fields);
        return fields;
    }

    private static void Add(object? values, Dictionary<string, object?> fields)
    {
        if (values is not IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            return;
        }

        foreach (var (name, value) in pairs)
        {
            if (name is not (Template or Connection))
            {
                fields[name] = value;
            }
        }
    }
}
