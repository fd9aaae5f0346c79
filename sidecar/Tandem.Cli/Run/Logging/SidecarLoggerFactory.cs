using Microsoft.Extensions.Logging;
using Tandem.Cli.Logging;
using Tandem.Cli.Terminal;
using Tandem.Runtime.Logging;

namespace Tandem.Cli.Run.Logging;

/// <summary>Where one sidecar's lines go, and from which level on.</summary>
internal sealed record LogSink(LogFile? File, ConsoleOutput? Console, byte[] Prefix, LogLevel Level)
{
    public static LogSink None { get; } = new(null, null, [], LogLevel.None);

    public void Write(byte[] line)
    {
        File?.Write(line);
        Console?.Write([.. Prefix, .. line]);
    }
}

/// <summary>
/// Logs for many sidecars in one process: each line goes to the file of the sidecar whose scope (<see cref="AppScope"/>) it was
/// written in, in Dapr's text format. A factory of its own, since a run needs one provider and no configuration.
/// </summary>
internal sealed class SidecarLoggerFactory(IReadOnlyDictionary<string, LogSink> sinks, LogSink host) : ILoggerFactory
{
    private readonly AsyncLocal<AppScope?> _scope = new();
    private readonly LogLevel _lowestLevel = sinks.Values.Append(host).Min(static sink => sink.Level);

    public ILogger CreateLogger(string categoryName)
        => new Logger(this, categoryName, categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Trace);

    public void AddProvider(ILoggerProvider provider)
        => throw new NotSupportedException("The logs of a run go to the places that its run file names.");

    public void Dispose()
    {
    }

    private sealed class Logger(SidecarLoggerFactory factory, string category, LogLevel lowestLevel) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => state is AppScope scope ? new ScopeEnd(factory, scope) : null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= lowestLevel && logLevel >= factory._lowestLevel && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var appId = factory._scope.Value?.AppId;
            var sink = factory.SinkOf(appId);
            if (IsEnabled(logLevel) && logLevel >= sink.Level)
            {
                sink.Write(Format(logLevel, category, appId, formatter(state, exception), exception, LogLine.FieldsOf(state)));
            }
        }
    }

    private LogSink SinkOf(string? appId) => appId is not null && sinks.TryGetValue(appId, out var sink) ? sink : host;

    private static byte[] Format(LogLevel level, string category, string? appId, string message, Exception? exception, IEnumerable<KeyValuePair<string, object?>> fields)
    {
        fields = fields.Concat([new("scope", category), new("type", "log")]);
        return LogLine.ToText(
            TimeProvider.System.GetUtcNow(),
            level,
            exception is null ? message : $"{message}: {exception}",
            appId is null ? fields : fields.Append(new("app_id", appId)));
    }

    private sealed class ScopeEnd : IDisposable
    {
        private readonly SidecarLoggerFactory _factory;
        private readonly AppScope? _outer;

        public ScopeEnd(SidecarLoggerFactory factory, AppScope scope)
        {
            _factory = factory;
            _outer = factory._scope.Value;
            factory._scope.Value = scope;
        }

        public void Dispose() => _factory._scope.Value = _outer;
    }
}
