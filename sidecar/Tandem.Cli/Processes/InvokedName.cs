namespace Tandem.Cli.Processes;

/// <summary>The name by which the executable was called: through a link named <c>daprd</c> it is a sidecar.</summary>
internal static class InvokedName
{
    private const string CommandLine = "/proc/self/cmdline";

    public static bool IsDaprd => Path.GetFileNameWithoutExtension(Find()) == "daprd";

    // The framework gives the path of the assembly in place of argv[0].
    private static string Find() => File.Exists(CommandLine)
        ? File.ReadAllText(CommandLine).Split('\0')[0]
        : Environment.GetCommandLineArgs()[0];
}
