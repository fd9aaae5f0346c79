namespace Tandem.Cli.Processes;

/// <summary>Finds the executable that a command names, as a shell would.</summary>
internal static class CommandLookup
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The full path of the executable, or what is wrong with the command.</summary>
    public static (string? Executable, string? Problem) Find(string command, string directory, string? path)
    {
        if (command.Contains('/'))
        {
            var file = Path.GetFullPath(command, directory);
            return IsExecutable(file) ? (file, null)
                : File.Exists(file) ? (null, $"'{command}' is not executable")
                : (null, $"'{command}' does not exist (looked for {file})");
        }

        foreach (var folder in (path ?? "/usr/local/bin:/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var file = Path.Combine(Path.GetFullPath(folder, directory), command);
            if (IsExecutable(file))
            {
                return (file, null);
            }
        }

        return (null, $"'{command}' was not found in PATH");
    }

    private static bool IsExecutable(string file)
        => File.Exists(file) && (File.GetUnixFileMode(file) & AnyExecute) != 0;
}
