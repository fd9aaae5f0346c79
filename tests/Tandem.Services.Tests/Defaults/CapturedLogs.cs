using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tandem.Services.Tests.Defaults;

/// <summary>Keeps what a service logs, as its log level lets it through.</summary>
public sealed class CapturedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<CapturedLog> _entries = new();

    public IReadOnlyList<CapturedLog> Entries => [.. _entries];

    public IEnumerable<CapturedLog> Of(string category) => _entries.Where(entry => entry.Category == category);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            logs._entries.Enqueue(new CapturedLog(
                category, logLevel, formatter(state, exception) + (exception is null ? "" : $"\n{exception}"), fields.ToDictionary(static field => field.Key, static field => field.Value?.ToString())));
        }
    }
}

/// <summary>One entry, with its exception if it has one.</summary>
public sealed record CapturedLog(string Category, LogLevel Level, string Text, IReadOnlyDictionary<string, string?> Fields);
