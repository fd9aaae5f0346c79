using System.Text.Json;
using Tandem.Cli.Processes;
using Tandem.Cli.Run.Planning;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Runs;

/// <summary>The run-state file of the run that this process hosts.</summary>
internal sealed class RunStateFile : IDisposable
{
    private readonly string _path;
    private readonly Action<string> _writeFailed;
    private readonly Lock _writing = new();
    private RunState _state;
    private bool _removed;

    private RunStateFile(string path, RunState state, Action<string> writeFailed)
    {
        _path = path;
        _state = state;
        _writeFailed = writeFailed;
    }

    /// <summary>Writes the file of a run that starts.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="writeFailed">Told when a later change cannot be written: the run goes on.</param>
    /// <exception cref="CommandFailedException">The file cannot be written.</exception>
    public static RunStateFile Create(RunPlan plan, Action<string> writeFailed)
    {
        var state = new RunState
        {
            Id = plan.Id,
            Name = plan.Name,
            FilePath = plan.FilePath,
            HostPid = ProcessIdentity.Current.Pid,
            HostStarted = ProcessIdentity.Current.Started,
            Created = DateTimeOffset.UtcNow,
            LogDirectory = plan.LogDirectory,
            Apps = [.. plan.Apps.Select(Describe)],
        };
        var file = new RunStateFile(RunStates.PathOf(plan.Id), state, writeFailed);
        try
        {
            file.Write();
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"TANDEM_HOME: {file._path} cannot be written: {e.Message}");
        }
    }

    /// <summary>Changes what is known of one app.</summary>
    public void Update(string appId, Func<AppState, AppState> change)
    {
        lock (_writing)
        {
            _state = _state with { Apps = [.. _state.Apps.Select(app => app.AppId == appId ? change(app) : app)] };
            try
            {
                Write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _writeFailed($"{_path} cannot be written; other commands see this run as it was: {e.Message}");
            }
        }
    }

    /// <summary>Removes the file: the run is over.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            _removed = true;
            File.Delete(_path);
        }
    }

    private static AppState Describe(AppPlan app) => new()
    {
        AppId = app.AppId,
        HttpPort = app.Sidecar.HttpPort,
        GrpcPort = app.Sidecar.GrpcPort,
        MetricsPort = app.Sidecar.MetricsPort,
        AppPort = app.Sidecar.AppPort,
        AppAddress = app.Sidecar.AppChannelAddress,
        Command = app.Command?.ToString() ?? "",
        Health = app.Command is null ? AppHealth.Healthy : AppHealth.Starting,
    };

    // A reader sees the old file or the new one, never a half.
    private void Write()
    {
        if (_removed)
        {
            return;
        }

        var next = _path + ".next";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(next, options))
        {
            JsonSerializer.Serialize(stream, _state, RunStateJson.Default.RunState);
        }

        File.Move(next, _path, overwrite: true);
    }
}
