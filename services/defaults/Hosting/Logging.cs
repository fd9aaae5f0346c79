using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Tandem.ServiceDefaults;

/// <summary>Logs on standard output: one line each, text for people or with LOG_FORMAT=json an object each; LOG_LEVEL sets the least level.</summary>
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

        // The formatters take the trace from the activity itself, once.
        logging.Configure(static options => options.ActivityTrackingOptions = ActivityTrackingOptions.None);
        var format = FormatOf(builder.Configuration);
        logging.AddConsole(options => options.FormatterName = format);
        builder.Services.AddSingleton<ConsoleFormatter, JsonLogFormatter>();
        builder.Services.AddSingleton<ConsoleFormatter, TextLogFormatter>();
    }

    private static string FormatOf(ConfigurationManager configuration) => configuration["LOG_FORMAT"]?.ToUpperInvariant() switch
    {
        null or "" or "TEXT" => TextLogFormatter.Key,
        "JSON" => JsonLogFormatter.Key,
        _ => throw new InvalidOperationException($"LOG_FORMAT is \"{configuration["LOG_FORMAT"]}\"; expected text or json."),
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
