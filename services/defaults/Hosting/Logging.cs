using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Tandem.ServiceDefaults;

/// <summary>Logs on standard output: one line each, or one JSON object each with LOG_FORMAT=json; LOG_LEVEL sets the least level.</summary>
internal static class Logging
{
    public static void AddServiceLogging(this WebApplicationBuilder builder)
    {
        var logging = builder.Logging;
        logging.SetMinimumLevel(LevelOf(builder.Configuration["LOG_LEVEL"]));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Yarp", LogLevel.Warning);

        // What admins do is written down also where LOG_LEVEL asks for errors alone.
        logging.AddFilter(AuditLog.Category, LogLevel.Information);

        // Who is refused is told so in the answer; the handler of this library has our namespace but logs what the framework's base class says.
        logging.AddFilter("Tandem.ServiceDefaults.TandemAuthenticationHandler", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);

        // The exception handler of this library says what failed, once.
        logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None);
        logging.Configure(static options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (IsJson(builder.Configuration["LOG_FORMAT"]))
        {
            logging.AddJsonConsole(static options =>
            {
                options.IncludeScopes = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
            return;
        }

        logging.AddSimpleConsole(static options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "HH:mm:ss.fff ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }

    private static bool IsJson(string? text) => text?.ToUpperInvariant() switch
    {
        null or "" or "TEXT" => false,
        "JSON" => true,
        _ => throw new InvalidOperationException($"LOG_FORMAT is \"{text}\"; expected text or json."),
    };

    private static LogLevel LevelOf(string? text) => text?.ToUpperInvariant() switch
    {
        null or "" or "INFO" or "INFORMATION" => LogLevel.Information,
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "WARN" or "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "FATAL" or "CRITICAL" => LogLevel.Critical,
        _ => throw new InvalidOperationException($"LOG_LEVEL is \"{text}\"; expected trace, debug, info, warn, error or fatal."),
    };
}
