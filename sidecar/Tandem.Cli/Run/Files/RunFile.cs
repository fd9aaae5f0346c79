namespace Tandem.Cli.Run.Files;

/// <summary>A run file as it was written: nothing is chosen or checked against the machine yet.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="ShownAs">Its path as it was given, for messages.</param>
/// <param name="Name">The optional name of the run.</param>
/// <param name="Common">What all apps share.</param>
/// <param name="Apps">The apps.</param>
internal sealed record RunFile(string Path, string ShownAs, string? Name, AppSettings Common, IReadOnlyList<AppSettings> Apps)
{
    /// <summary>What the file is called when only its folder is given.</summary>
    public const string DefaultName = "dapr.yaml";

    /// <summary>The folder that its relative paths are relative to.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The path of the run file that somebody named by itself or by its folder.</summary>
    public static string Locate(string path) => System.IO.Directory.Exists(path) ? System.IO.Path.Combine(path, DefaultName) : path;
}
