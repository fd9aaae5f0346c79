namespace Tandem.EndToEnd.Tests.Mesh;

/// <summary>Where the checkout and the built command lie.</summary>
internal static class RepositoryLayout
{
    public static string Root { get; } = FindRoot();

    /// <summary>The built command; <c>make build</c> puts it there.</summary>
    public static string Tandem { get; } = Path.Combine(Root, "artifacts", "bin", "tandem");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "dapr.yaml")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No dapr.yaml above {AppContext.BaseDirectory}.");
    }
}
