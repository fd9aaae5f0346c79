using System.Text;
using Tandem.Cli.Run.Planning;
using Tandem.Cli.Runs;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Run.Logging;

/// <summary>All logs of a run: one folder, for each app a file of its own and one of its sidecar.</summary>
internal sealed class RunLogs : IDisposable
{
    private readonly List<LogFile> _files = [];
    private readonly ConsoleOutput _console;

    private RunLogs(ConsoleOutput console) => _console = console;

    /// <summary>The apps' logs, in the order of the plan.</summary>
    public List<AppLog> Apps { get; } = [];

    /// <summary>Where the sidecars log.</summary>
    public SidecarLoggerFactory Sidecars { get; private set; } = new(new Dictionary<string, LogSink>(), LogSink.None);

    public static RunLogs Open(RunPlan plan, ConsoleOutput console)
    {
        var logs = new RunLogs(console);
        try
        {
            OwnFolder.Create(plan.LogDirectory);
            logs.OpenAll(plan);
            return logs;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logs.Dispose();
            throw new RunFaultException($"--log-dir: logs cannot be written to {plan.LogDirectory}: {e.Message}");
        }
    }

    /// <summary>The log file of an app.</summary>
    public static string AppFile(string directory, string appId) => Path.Combine(directory, $"{appId}.log");

    /// <summary>The log file of an app's sidecar.</summary>
    public static string SidecarFile(string directory, string appId) => Path.Combine(directory, $"{appId}.sidecar.log");

    public void Dispose() => _files.ForEach(static file => file.Dispose());

    private void OpenAll(RunPlan plan)
    {
        var width = plan.Apps.Max(static app => app.AppId.Length);
        var sidecars = new Dictionary<string, LogSink>(StringComparer.Ordinal);
        foreach (var app in plan.Apps)
        {
            Apps.Add(new AppLog(
                Open(app.AppLog, AppFile(plan.LogDirectory, app.AppId)),
                app.AppLog.HasFlag(LogTargets.Console) ? _console : null,
                Prefix(app.AppId.PadRight(width), app.Index)));
            sidecars[app.AppId] = new LogSink(
                Open(app.SidecarLog, SidecarFile(plan.LogDirectory, app.AppId)),
                app.SidecarLog.HasFlag(LogTargets.Console) ? _console : null,
                Prefix($"{app.AppId} sidecar".PadRight(width), app.Index),
                app.SidecarLogLevel);
        }

        // What belongs to no single sidecar: the host itself.
        var host = new LogSink(
            Open(LogTargets.File, Path.Combine(plan.LogDirectory, "tandem.host.log")),
            null,
            [],
            plan.Apps.Min(static app => app.SidecarLogLevel));
        Sidecars = new SidecarLoggerFactory(sidecars, host);
    }

    private LogFile? Open(LogTargets targets, string path)
    {
        if (!targets.HasFlag(LogTargets.File))
        {
            return null;
        }

        var file = new LogFile(path) { WriteFailed = _console.Fail };
        _files.Add(file);
        return file;
    }

    private byte[] Prefix(string name, int index)
        => Encoding.UTF8.GetBytes(_console.IsColored ? $"{Colors.OfApp(index)}{name} |{Colors.Reset} " : $"{name} | ");
}
