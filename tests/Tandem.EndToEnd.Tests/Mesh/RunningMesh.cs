using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tandem.EndToEnd.Tests.Mesh;

/// <summary>The whole mesh as <c>make run</c> starts it, in a folder and on ports of its own.</summary>
internal sealed class RunningMesh : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-e2e-").FullName;
    private readonly MeshRunFile _runFile;
    private readonly ComponentFolder _components;
    private readonly StringBuilder _output = new();
    private readonly IReadOnlyDictionary<string, string> _environment;
    private Process? _process;
    private TaskCompletionSource _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningMesh(Infrastructure infrastructure, IReadOnlyDictionary<string, string>? environment)
    {
        _environment = environment ?? new Dictionary<string, string>();
        _runFile = MeshRunFile.Write(_folder);
        _components = new ComponentFolder(infrastructure.Folder, _folder);
        infrastructure.Address(_components);
    }

    /// <summary>What <c>tandem run</c> has printed, for the message of a failed test.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public string Folder => _folder;

    public Uri Gateway => new($"http://127.0.0.1:{_runFile.AppPort("gateway")}");

    public IReadOnlyCollection<string> AppIds => _runFile.AppIds;

    /// <summary>The file that an app's lines go to.</summary>
    public string LogFile(string appId) => Path.Combine(_folder, ".tandem", "logs", $"{appId}.log");

    /// <summary>Where an app and its sidecar show what they measure.</summary>
    public IReadOnlyList<Uri> MetricsOf(string appId)
        => [new($"http://127.0.0.1:{_runFile.AppPort(appId)}/metrics"), new($"http://127.0.0.1:{_runFile.MetricsPort(appId)}/metrics")];

    /// <summary>Starts a mesh on infrastructure that runs already; on none but the embedded where not said.</summary>
    /// <param name="infrastructure">What stands behind the components.</param>
    /// <param name="environment">What the run and its apps get beside the usual.</param>
    public static async Task<RunningMesh> StartNewAsync(Infrastructure? infrastructure = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var mesh = new RunningMesh(infrastructure ?? new EmbeddedInfrastructure(), environment);
        try
        {
            await mesh.StartAsync();
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the mesh over the data that it already has, and waits until every app is healthy.</summary>
    public async Task StartAsync()
    {
        _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(RepositoryLayout.Tandem)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "run", "-f", _runFile.Path, "--resources-path", _components.Path,
            },
        };
        start.Environment["TANDEM_HOME"] = Path.Combine(_folder, "home");
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_healthy.Task, ended).WaitAsync(StartLimit) == ended)
        {
            throw new InvalidOperationException($"tandem run ended with {_process.ExitCode}:\n{Output}");
        }
    }

    /// <summary>The run's apps as <c>tandem list --output json</c> shows them.</summary>
    public async Task<IReadOnlyList<ListedApp>> ListAsync()
    {
        var json = await CommandAsync("list", "--output", "json");
        return JsonSerializer.Deserialize<List<ListedApp>>(json, JsonSerializerOptions.Web) ?? [];
    }

    /// <summary>kill -9 of one app; the run starts it again by itself.</summary>
    public async Task<int> KillAppAsync(string appId)
    {
        var app = (await ListAsync()).Single(a => a.AppId == appId);
        var pid = app.RunningPid;
        Signal(pid, 9);
        return pid;
    }

    /// <summary>kill -9 of the process that hosts all sidecars; answers the process ids that its apps had.</summary>
    public async Task<IReadOnlyList<int>> KillHostAsync()
    {
        var apps = await ListAsync();
        Signal(_process!.Id, 9);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return [.. apps.Select(a => a.RunningPid)];
    }

    /// <summary>Ctrl-C, and the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        Signal(_process!.Id, 2);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await InterruptAsync();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> CommandAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(RepositoryLayout.Tandem, arguments) { RedirectStandardOutput = true };
        start.Environment["TANDEM_HOME"] = Path.Combine(_folder, "home");
        using var command = Process.Start(start)!;
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        return command.ExitCode == 0 ? output : throw new InvalidOperationException($"tandem {string.Join(' ', arguments)} ended with {command.ExitCode}");
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.Contains("apps are healthy", StringComparison.Ordinal))
        {
            _healthy.TrySetResult();
        }
    }

    private static void Signal(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
        {
            throw new InvalidOperationException($"kill -{signal} {processId} failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}

/// <summary>One app of <c>tandem list --output json</c>.</summary>
/// <param name="AppPid">Null between the end of an app and its next start.</param>
internal sealed record ListedApp(string AppId, int? AppPid, int AppPort, int HttpPort, int SidecarPid, string Health)
{
    /// <summary>The process of an app that runs.</summary>
    public int RunningPid => AppPid ?? throw new InvalidOperationException($"{AppId} does not run: {Health}");
}
