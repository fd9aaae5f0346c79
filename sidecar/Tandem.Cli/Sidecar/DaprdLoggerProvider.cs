using Microsoft.Extensions.Logging;
using Tandem.Cli.Logging;

namespace Tandem.Cli.Sidecar;

/// <summary>Logs as daprd does, with <c>app_id</c>, <c>instance</c>, <c>scope</c>, <c>type</c> and <c>ver</c> in each line.</summary>
internal sealed class DaprdLoggerProvider(Stream output, string appId, bool asJson, TimeProvider timeProvider) : ILoggerProvider
{
    private static readonly string Version = typeof(DaprdLoggerProvider).Assembly.GetName().Version?.ToString(3) ?? "";

    private readonly Lock _lock = new();
    private readonly string _instance = Environment.MachineName;

    public ILogger CreateLogger(string categoryName) => new DaprdLogger(this, ScopeOf(categoryName));

    public void Dispose() => output.Dispose();

    private static string ScopeOf(string category)
    {
        var name = category[(category.LastIndexOf('.') + 1)..];
        return category.StartsWith("dapr.", StringComparison.Ordinal) ? category : $"dapr.runtime.{name.ToLowerInvariant()}";
    }

    private void Write(LogLevel level, string scope, string message, IEnumerable<KeyValuePair<string, object?>> more)
    {
        var fields = more.Concat([new("app_id", appId), new("instance", _instance), new("scope", scope), new("type", "log"), new("ver", Version)]);
        var time = timeProvider.GetUtcNow();
        var line = asJson ? LogLine.ToJson(time, level, message, fields) : LogLine.ToText(time, level, message, fields);
        lock (_lock)
        {
            try
            {
                output.Write(line);
                output.Flush();
            }
            catch (IOException)
            {
                // Whoever read the log is gone; the sidecar goes on without it.
            }
        }
    }

    private sealed class DaprdLogger(DaprdLoggerProvider provider, string scope) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            provider.Write(
                logLevel,
                scope,
                exception is null ? message : $"{message}: {(logLevel >= LogLevel.Error ? exception : exception.Message)}",
                LogLine.FieldsOf(state));
        }
    }
}
