using Tandem.Cli.Processes;
using Tandem.Cli.Run.Files;

namespace Tandem.Cli.Run.Planning;

/// <summary>Makes a plan of what was asked for, and finds all that is wrong with it before anything is started.</summary>
internal static class RunPlanner
{
    private const string StateFolder = ".tandem";

    /// <exception cref="RunFaultException">Something does not fit; all faults together.</exception>
    public static RunPlan Plan(RunRequest request)
    {
        var file = request.File;
        var faults = new List<string>();
        var warnings = new List<string>();
        var runId = Guid.NewGuid().ToString("N");
        var dataDirectory = Path.GetFullPath(request.DataDirectory ?? Path.Combine(file.Directory, StateFolder, "data"));
        var logDirectory = Path.GetFullPath(request.LogDirectory ?? Path.Combine(file.Directory, StateFolder, "logs"));

        var settings = file.Apps.Select(app => app.Over(file.Common)).ToList();
        var appIds = AppIds.Read(settings, faults);
        foreach (var watched in request.Watch.Where(id => !appIds.Contains(id)))
        {
            faults.Add($"--watch: there is no app '{watched}' in {file.ShownAs}; its apps are {string.Join(", ", appIds)}");
        }

        foreach (var app in settings.Where(static app => app.Has(RunKeys.UnixDomainSocket)))
        {
            warnings.Add($"{app.Where(RunKeys.UnixDomainSocket)}: is not used; the sidecar listens on its ports");
        }

        var ports = PortPlanner.Plan(settings, faults);
        var apps = new List<AppPlan>();
        foreach (var (index, app) in settings.Index())
        {
            var environment = new AppEnvironment(app.Get<Dictionary<string, string>>(RunKeys.Env) ?? [], request.IsSingle);
            var sidecar = SidecarPlanner.Plan(app, appIds[index], ports.Apps[index], environment, request, faults) with { DataDirectory = dataDirectory };
            apps.Add(new AppPlan
            {
                Index = index,
                Sidecar = sidecar,
                Command = PlanCommand(app, file, environment.Compose(sidecar, runId), faults),
                AppLog = Targets(app.Get(RunKeys.AppLogDestination, "fileAndConsole")),
                SidecarLog = Targets(app.Get(RunKeys.DaprdLogDestination, "file")),
                SidecarLogLevel = SidecarPlanner.Level(app.Get(RunKeys.LogLevel, "info")),
                IsWatched = request.Watch.Contains(appIds[index]),
            });
        }

        return faults.Count > 0 ? throw new RunFaultException(faults) : new RunPlan
        {
            Id = runId,
            Name = file.Name ?? Path.GetFileName(file.Directory),
            FilePath = request.IsSingle ? null : file.Path,
            DataDirectory = dataDirectory,
            LogDirectory = logDirectory,
            Apps = apps,
            ChosenPorts = ports.Chosen,
            StartTimeout = request.StartTimeout,
            GracefulShutdown = request.GracefulShutdown,
            IsSingle = request.IsSingle,
            Warnings = warnings,
        };
    }

    private static AppCommand? PlanCommand(AppSettings app, RunFile file, IReadOnlyDictionary<string, string> environment, List<string> faults)
    {
        var directory = app.Get(RunKeys.AppDirPath, file.Directory);
        if (!Directory.Exists(directory))
        {
            faults.Add($"{app.Where(RunKeys.AppDirPath)}: the folder {directory} does not exist");
            return null;
        }

        if (app.Get<string[]>(RunKeys.Command) is not { } command)
        {
            return null;
        }

        var (executable, problem) = CommandLookup.Find(command[0], directory, environment.GetValueOrDefault("PATH"));
        if (executable is null)
        {
            faults.Add($"{app.Where(RunKeys.Command)}: {problem}");
            return null;
        }

        return new AppCommand(executable, command, directory, environment);
    }

    private static LogTargets Targets(string destination) => destination switch
    {
        "file" => LogTargets.File,
        "console" => LogTargets.Console,
        _ => LogTargets.FileAndConsole,
    };
}
