using Tandem.Cli.Run.Planning;

namespace Tandem.Cli.Run.Watching;

/// <summary>Where an app's files are: its folder, and the folder of a file outside of it that its command runs, such as a built assembly.</summary>
internal static class WatchedFolders
{
    public static IReadOnlyList<string> Of(AppCommand command)
    {
        var folders = new List<string> { command.Directory };
        foreach (var argument in command.Arguments.Skip(1).Where(static argument => !argument.StartsWith('-')))
        {
            var file = Path.GetFullPath(argument, command.Directory);
            var folder = Path.GetDirectoryName(file)!;
            if (File.Exists(file) && !folders.Exists(watched => IsWithin(folder, watched)))
            {
                folders.Add(folder);
            }
        }

        return folders;
    }

    private static bool IsWithin(string folder, string outer)
        => folder == outer || folder.StartsWith(Path.TrimEndingDirectorySeparator(outer) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
