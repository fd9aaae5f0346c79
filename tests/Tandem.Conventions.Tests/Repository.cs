namespace Tandem.Conventions.Tests;

/// <summary>Where things lie.</summary>
internal static class Repository
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The test projects, by name.</summary>
    public static IEnumerable<string> TestProjects
        => Directory.EnumerateDirectories(Path.Combine(Root, "tests"), "*.Tests").Select(static folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    /// <summary>A project's assembly, built as this one is.</summary>
    public static string AssemblyOf(string project)
    {
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Root, "artifacts", "build", "bin", project, configuration, $"{project}.dll");
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
