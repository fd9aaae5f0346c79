using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults.Telemetry;

public sealed class LogFormatTests
{
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private readonly LoggerExternalScopeProvider _scopes = new();

    [Fact]
    public void Json_EntryWithinATrace_NamesServiceTraceAndValues()
    {
        using var activity = new Activity("request").Start();
        using var scope = _scopes.Push(new Dictionary<string, object?> { ["RequestId"] = "r-1", ["ConnectionId"] = "0H1" });

        var line = Json(LogLevel.Warning, "Order {OrderId} waits after {Attempts}", ("OrderId", "o-1"), ("Attempts", 3), ("{OriginalFormat}", "Order {OrderId} waits after {Attempts}"));

        Assert.Equal(
            $$"""{"time":"2030-01-02T03:04:05.678Z","level":"warn","app_id":"order","scope":"Tandem.Order","msg":"Order {OrderId} waits after {Attempts}","event_id":8502,"trace_id":"{{activity.TraceId}}","span_id":"{{activity.SpanId}}","requestId":"r-1","orderId":"o-1","attempts":3}""" + "\n",
            line);
    }

    [Fact]
    public void Json_EntryOutsideOfATraceWithAnException_SaysWhatFailedOnOneLine()
    {
        Activity.Current = null;

        var line = Json(LogLevel.Error, "It failed", new InvalidOperationException("no\nway"), ("Level", "high"));

        var entry = JsonDocument.Parse(line).RootElement;
        Assert.Equal(1, line.Count(static c => c == '\n'));
        Assert.False(entry.TryGetProperty("trace_id", out _));
        Assert.Equal("error", entry.Text("level"));
        Assert.Equal("high", entry.Text("level_"));
        Assert.StartsWith("System.InvalidOperationException: no\nway", entry.Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_EntryWithinATrace_IsOneLineThatEndsWithTheTrace()
    {
        using var activity = new Activity("request").Start();

        var line = Format(new TextLogFormatter(_time), LogLevel.Information, "hello\r\n12:00:00.000 info: forged", null);

        Assert.Equal($"03:04:05.678 info: Tandem.Order[8502] hello  12:00:00.000 info: forged trace_id={activity.TraceId}\n", line);
    }

    [Fact]
    public void Text_EntryOutsideOfATrace_HasNone()
    {
        Activity.Current = null;

        Assert.Equal("03:04:05.678 fatal: Tandem.Order[8502] hello\n", Format(new TextLogFormatter(_time), LogLevel.Critical, "hello", null));
    }

    [Fact]
    public async Task Service_WithAnUnknownFormat_DoesNotStart()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => TestService.StartAsync(settings: new() { ["LOG_FORMAT"] = "xml" }));

        Assert.Equal("LOG_FORMAT is \"xml\"; expected text or json.", fault.Message);
    }

    private string Json(LogLevel level, string message, params (string Name, object? Value)[] values) => Json(level, message, null, values);

    private string Json(LogLevel level, string message, Exception? exception, params (string Name, object? Value)[] values)
        => Format(new JsonLogFormatter(new ServiceInfo("order"), _time), level, message, exception, values);

    private string Format(ConsoleFormatter formatter, LogLevel level, string message, Exception? exception, params (string Name, object? Value)[] values)
    {
        using var text = new StringWriter();
        IReadOnlyList<KeyValuePair<string, object?>> state = [.. values.Select(static value => new KeyValuePair<string, object?>(value.Name, value.Value))];
        formatter.Write(new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(level, "Tandem.Order", new EventId(8502), state, exception, (_, _) => message), _scopes, text);
        return text.ToString();
    }
}
