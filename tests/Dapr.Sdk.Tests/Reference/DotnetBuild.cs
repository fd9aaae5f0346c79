using System.Diagnostics;
using System.Text;

namespace Dapr.Sdk.Tests.Reference;

/// <summary>Runs builds of this repository in folders of their own, so that they disturb no other build.</summary>
internal static class DotnetBuild
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    public static string Root { get; } = FindRoot();

    /// <summary>Builds a project against the official signatures.</summary>
    /// <param name="project">The project, from the root of the repository.</param>
    /// <param name="output">The folder for all that is built, under artifacts/.</param>
    /// <param name="signatures">Where the signatures are; those of tests/reference unless told.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(string project, string output, string? signatures = null)
    {
        List<string> arguments =
        [
            "build", project, "-c", "Release", "--nologo", "-v", "quiet", "-nodeReuse:false",
            "-p:DaprPackages=reference", $"-p:ArtifactsPath={Path.Combine(Root, "artifacts", output)}",

            // Names and signatures are what is asked here; style, documentation and symbols are checked by the build proper.
            "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false", "-p:DebugType=none", "-p:UseAppHost=false",
        ];
        if (signatures is not null)
        {
            arguments.Add($"-p:ReferenceSignatures={signatures}/");
        }

        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            // A test host carries the settings of the build that started it.
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        void Add(object sender, DataReceivedEventArgs line)
        {
            lock (text)
            {
                text.AppendLine(line.Data);
            }
        }

        process.OutputDataReceived += Add;
        process.ErrorDataReceived += Add;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The build of {project} did not end within {Patience}: {text}");
        }

        return (process.ExitCode, text.ToString());
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Services.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run within the repository.");
    }
}
