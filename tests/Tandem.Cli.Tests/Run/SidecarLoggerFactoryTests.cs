using System.Text;
using Microsoft.Extensions.Logging;
using Tandem.Cli.Run.Logging;
using Tandem.Runtime.Logging;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Run;

public sealed class SidecarLoggerFactoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<LogFile> _files = [];

    public void Dispose()
    {
        _files.ForEach(static file => file.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void Log_InAnAppsScope_GoesToThatAppsFileFromItsLevelOn()
    {
        using var factory = new SidecarLoggerFactory(
            new Dictionary<string, LogSink> { ["one"] = Sink("one", LogLevel.Debug), ["two"] = Sink("two", LogLevel.Warning) },
            Sink("host", LogLevel.Information));

        foreach (var app in new[] { "one", "two" })
        {
            using var ofApp = new AppLoggerFactory(factory, app);
            var logger = ofApp.CreateLogger("Tandem.Test");
            logger.LogDebug("detail of {App}", app);
            logger.LogWarning("trouble \"of\" {App}", app);
        }

        factory.CreateLogger("Tandem.Host").LogInformation("hosted");
        factory.CreateLogger("Microsoft.AspNetCore.Hosting").LogInformation("chatter");

        Assert.Collection(
            Lines("one"),
            static line => Assert.Matches("^time=\"[^\"]+Z\" level=debug msg=\"detail of one\" app_id=one scope=Tandem.Test type=log$", line),
            static line => Assert.Contains("level=warning msg=\"trouble \\\"of\\\" one\" app_id=one", line, StringComparison.Ordinal));
        Assert.Contains("trouble", Assert.Single(Lines("two")), StringComparison.Ordinal);
        Assert.Contains("msg=hosted scope=Tandem.Host", Assert.Single(Lines("host")), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_Exception_StaysOnOneLine()
    {
        using var factory = new SidecarLoggerFactory(new Dictionary<string, LogSink>(), Sink("host", LogLevel.Information));

        factory.CreateLogger("Tandem.Host").LogError(new InvalidOperationException("first\nsecond"), "failed");

        Assert.Contains("failed: System.InvalidOperationException: first\\nsecond", Assert.Single(Lines("host")), StringComparison.Ordinal);
    }

    private LogSink Sink(string name, LogLevel level)
    {
        var file = new LogFile(_folder[name]);
        _files.Add(file);
        return new LogSink(file, null, [], level);
    }

    private string[] Lines(string name)
    {
        using var reader = new StreamReader(new FileStream(_folder[name], FileMode.Open, FileAccess.Read, FileShare.ReadWrite), Encoding.UTF8);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
