namespace Tandem.Cli.Run.Watching;

/// <summary>Which files of an app's folder are not its source: what builds, package managers, editors and the app itself write.</summary>
internal static class WatchFilter
{
    private static readonly HashSet<string> Folders = new(StringComparer.OrdinalIgnoreCase) { "bin", "obj", "node_modules", "artifacts", "TestResults" };

    private static readonly string[] Endings = ["~", ".log", ".tmp", ".swp", ".swx", ".db", ".db-wal", ".db-shm", ".db-journal", ".sqlite"];

    /// <summary>Whether a change of this path, relative to the app's folder, starts nothing.</summary>
    public static bool IsIgnored(string relativePath)
    {
        var parts = relativePath.Split('/', '\\');

        // Hidden files are settings (.env); hidden folders (.git, .tandem, .vs) are others' memory.
        return parts[..^1].Any(static part => part.StartsWith('.') || Folders.Contains(part))
            || Folders.Contains(parts[^1])
            || parts[^1] is ".git" or ".tandem" or ".dapr" or ".vs" or ".idea"
            || Endings.Any(ending => parts[^1].EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }
}
