using System.Text.RegularExpressions;
using Tandem.Cli.Run.Files;

namespace Tandem.Cli.Run.Planning;

/// <summary>The app IDs of a run: given, or the name of the app's folder; each once.</summary>
internal static partial class AppIds
{
    public static IReadOnlyList<string> Read(IReadOnlyList<AppSettings> apps, List<string> faults)
    {
        var seen = new Dictionary<string, AppSettings>(StringComparer.Ordinal);
        var ids = new List<string>();
        foreach (var app in apps)
        {
            var id = app.Get<string>(RunKeys.AppId) ?? FolderName(app) ?? "";
            ids.Add(id);
            if (id.Length == 0)
            {
                faults.Add($"{app.Where(RunKeys.AppId)}: is required (or {RunKeys.AppDirPath}, whose folder's name is then the app ID)");
            }
            else if (!Allowed().IsMatch(id))
            {
                faults.Add($"{app.Where(RunKeys.AppId)}: '{id}' must consist of letters, digits, '-' and '_'");
            }
            else if (!seen.TryAdd(id, app))
            {
                faults.Add($"{app.Where(RunKeys.AppId)}: '{id}' is already the app ID of {seen[id].Name}");
            }
        }

        return ids;
    }

    private static string? FolderName(AppSettings app)
        => app.Get<string>(RunKeys.AppDirPath) is { } directory ? Path.GetFileName(Path.TrimEndingDirectorySeparator(directory)) : null;

    // The ID is part of host names, storage keys and the names of the log files.
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    private static partial Regex Allowed();
}
