using System.CommandLine;
using Tandem.Cli.Run.Files;
using Tandem.Cli.Run.Planning;
using Tandem.Cli.Run.Supervision;
using Tandem.Cli.Runs;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Run;

/// <summary><c>tandem run -f FILE</c> and <c>tandem run [flags] -- COMMAND</c>.</summary>
internal static class RunCommand
{
    private const int PlanAttempts = 3;

    private static readonly Option<string> File = new("--run-file", "-f") { Description = "The run file, or the folder of a dapr.yaml" };
    private static readonly Option<string[]> Resources = new("--resources-path", "-d", "--components-path")
    {
        Description = "A folder with resources, in place of the run file's; may be repeated",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Data = new("--data-dir") { Description = "Where components and apps keep their data (.tandem/data beside the run file)" };
    private static readonly Option<string> Logs = new("--log-dir") { Description = "Where all logs of the run go (.tandem/logs beside the run file)" };
    private static readonly Option<string[]> Watch = new("--watch") { Description = "Starts this app again when its files change; may be repeated", HelpName = "app" };
    private static readonly Option<double> StartTimeout = new("--start-timeout") { Description = "Seconds until an app must be ready", DefaultValueFactory = _ => 60 };
    private static readonly Option<double> Graceful = new("--dapr-graceful-shutdown-seconds") { Description = "Seconds that apps and sidecars may take to stop", DefaultValueFactory = _ => 5 };
    private static readonly Option<bool> Kubernetes = new("--kubernetes", "-k") { Description = "Refused: on Kubernetes the charts install the apps" };
    private static readonly Argument<string[]> AppCommand = new("command") { Description = "The app's command and its arguments, behind --", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        var command = new Command("run", "Runs apps, each with its sidecar: those of a run file, or one command");
        foreach (var option in new Option[] { File, Resources, Data, Logs, Watch, StartTimeout, Graceful, Kubernetes })
        {
            command.Options.Add(option);
        }

        command.Arguments.Add(AppCommand);
        var flags = new RunFlags(command);
        command.SetAction((result, _) => RunAsync(result, flags));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, RunFlags flags)
    {
        await using var console = ConsoleOutput.Open();
        using var signals = new StopSignals();
        try
        {
            var code = await RunAsync(ReadRequest(result, flags), console, signals);
            console.Say("All stopped");
            return code;
        }
        catch (RunFaultException e)
        {
            foreach (var fault in e.Faults)
            {
                console.Fail(fault);
            }

            return 1;
        }
        catch (CommandFailedException e)
        {
            console.Fail(e.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(RunRequest request, ConsoleOutput console, StopSignals signals)
    {
        for (var attempt = 1; ; attempt++)
        {
            var plan = RunPlanner.Plan(request);
            foreach (var warning in plan.Warnings)
            {
                console.Say(warning, Colors.Yellow);
            }

            try
            {
                return await new RunSession(plan, console, signals).RunAsync();
            }
            catch (RunFaultException) when (attempt < PlanAttempts && plan.HasLostPort)
            {
                console.Say("A chosen port was taken meanwhile; choosing others", Colors.Yellow);
            }
        }
    }

    private static RunRequest ReadRequest(ParseResult result, RunFlags flags)
    {
        Refuse(OperatingSystem.IsWindows(), "tandem run needs Linux or macOS; on Windows use it inside WSL");
        Refuse(result.GetValue(Kubernetes), "--kubernetes: tandem runs apps on this machine; on Kubernetes the charts install them");
        var resources = (result.GetValue(Resources) ?? []).Select(Path.GetFullPath).ToList();
        foreach (var missing in resources.Where(static path => !Path.Exists(path)))
        {
            throw new RunFaultException($"--resources-path: {missing} does not exist");
        }

        var file = ReadApps(result, flags);
        if (RunStates.FindAll().FirstOrDefault(run => run.FilePath == file.Path) is { } other)
        {
            throw new RunFaultException(
                $"{file.ShownAs}: this run file is running already (process {other.HostPid}); stop it with: tandem stop -f {file.ShownAs}");
        }

        return new RunRequest
        {
            File = file,
            IsSingle = result.GetValue(File) is null,
            ResourcesPaths = resources,
            DataDirectory = result.GetValue(Data),
            LogDirectory = result.GetValue(Logs),
            Watch = result.GetValue(Watch) ?? [],
            StartTimeout = Duration(result, StartTimeout),
            GracefulShutdown = Duration(result, Graceful),
        };
    }

    private static RunFile ReadApps(ParseResult result, RunFlags flags)
    {
        var command = result.GetValue(AppCommand) ?? [];

        // A flag that is not known is read as the beginning of the command.
        Refuse(command.FirstOrDefault()?.StartsWith('-') == true, $"'{command.FirstOrDefault()}' is not a flag of tandem run; see: tandem run --help");
        if (result.GetValue(File) is not { } file)
        {
            var settings = flags.Read(result, command);
            Refuse(command.Length == 0 && !settings.Has(RunKeys.AppId), "tandem run needs a run file (-f FILE) or a command (-- COMMAND)");
            return new RunFile(Path.Combine(Environment.CurrentDirectory, RunFile.DefaultName), "the command line", null, new AppSettings("common", ""), [settings]);
        }

        var given = flags.Given(result).ToList();
        Refuse(given.Count > 0, $"{string.Join(", ", given)}: with a run file, apps are described there");
        Refuse(command.Length > 0, $"'{command.FirstOrDefault()}': with a run file, commands are described there");
        return RunFileReader.Read(file);
    }

    private static TimeSpan Duration(ParseResult result, Option<double> option)
    {
        var seconds = result.GetValue(option);
        Refuse(seconds is < 0 or > 86400 or double.NaN, $"{option.Name}: must be seconds from 0 to 86400");
        return TimeSpan.FromSeconds(seconds);
    }

    private static void Refuse(bool isRefused, string problem)
    {
        if (isRefused)
        {
            throw new RunFaultException(problem);
        }
    }
}
