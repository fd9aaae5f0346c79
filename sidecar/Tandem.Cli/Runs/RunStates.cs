using System.Text.Json;
using Tandem.Cli.Processes;

namespace Tandem.Cli.Runs;

/// <summary>The runs of this machine's user. Files that a dead host left are removed on the way.</summary>
internal static class RunStates
{
    private const string Suffix = ".json";

    /// <summary>The state file of a run.</summary>
    public static string PathOf(string runId) => Path.Combine(HomeFolders.Create("runs"), runId + Suffix);

    /// <summary>The runs whose host lives, the oldest first.</summary>
    public static IReadOnlyList<RunState> FindAll()
    {
        var runs = new List<RunState>();
        foreach (var path in Directory.EnumerateFiles(HomeFolders.Create("runs"), $"*{Suffix}"))
        {
            if (Read(path) is not { } run)
            {
                continue;
            }

            if (HostOf(run).IsAlive)
            {
                runs.Add(run);
            }
            else
            {
                File.Delete(path);
                File.Delete(path + ".next");
            }
        }

        return [.. runs.OrderBy(static run => run.Created)];
    }

    /// <summary>The run's host.</summary>
    public static ProcessIdentity HostOf(RunState run) => new(run.HostPid, run.HostStarted);

    /// <summary>The newest run with that app, and the app.</summary>
    public static (RunState Run, AppState App)? FindApp(string appId)
        => FindAll().Reverse()
            .SelectMany(static run => run.Apps, static (run, app) => ((RunState Run, AppState App)?)(run, app))
            .FirstOrDefault(found => found!.Value.App.AppId == appId);

    private static RunState? Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, RunStateJson.Default.RunState);
        }
        catch (FileNotFoundException)
        {
            // The run ended between the listing and the reading.
            return null;
        }
        catch (JsonException e)
        {
            Console.Error.WriteLine($"{path}: not a run-state file, ignored: {e.Message}");
            return null;
        }
    }
}
