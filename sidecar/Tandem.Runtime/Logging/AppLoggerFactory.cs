using System.Collections;
using Microsoft.Extensions.Logging;

namespace Tandem.Runtime.Logging;

/// <summary>Marks every line that one sidecar logs with its app ID, as a scope of one value named <c>app_id</c>.</summary>
public sealed class AppLoggerFactory(ILoggerFactory inner, string appId) : ILoggerFactory
{
    private readonly AppScope _scope = new(appId);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new AppLogger(inner.CreateLogger(categoryName), _scope);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>Does nothing: the inner factory belongs to whoever made it.</summary>
    public void Dispose()
    {
    }

    private sealed class AppLogger(ILogger inner, AppScope scope) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (inner.IsEnabled(logLevel))
            {
                using (inner.BeginScope(scope))
                {
                    inner.Log(logLevel, eventId, state, exception, formatter);
                }
            }
        }
    }
}

/// <summary>The scope of a sidecar's log lines.</summary>
public sealed class AppScope(string appId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The app whose sidecar logs.</summary>
    public string AppId { get; } = appId;

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => index == 0 ? new("app_id", AppId) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    /// <inheritdoc/>
    public override string ToString() => $"app_id={AppId}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
