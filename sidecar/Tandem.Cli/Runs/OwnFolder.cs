namespace Tandem.Cli.Runs;

/// <summary>Folders for what nobody but their owner should read: data, logs, what is known of runs.</summary>
internal static class OwnFolder
{
    /// <summary>Makes the folder when it is missing; one that is there keeps the mode that somebody gave it.</summary>
    public static void Create(string path)
        => Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
