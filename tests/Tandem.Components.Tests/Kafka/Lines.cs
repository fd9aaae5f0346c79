using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tandem.Testing;

namespace Tandem.Components.Tests.Kafka;

/// <summary>What components say to people: warnings and errors.</summary>
internal sealed class Lines : ILoggerFactory, ILogger
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>The next line that has these words.</summary>
    public async Task<string> NextAsync(string words)
    {
        while (true)
        {
            if (await _lines.Reader.ReadAsync().WithinAsync() is var line && line.Contains(words, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _lines.Writer.TryWrite(formatter(state, exception));
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
        // There is no other place for lines to go.
    }

    public void Dispose()
    {
        // Nothing to close.
    }
}
