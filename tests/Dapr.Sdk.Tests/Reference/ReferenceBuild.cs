namespace Dapr.Sdk.Tests.Reference;

/// <summary>One build of every service against the official signatures, for all tests that need it.</summary>
public sealed class ReferenceBuild : IAsyncLifetime
{
    private const string Output = "reference";

    public int ExitCode { get; private set; }

    public string Log { get; private set; } = "";

    public async Task InitializeAsync() => (ExitCode, Log) = await DotnetBuild.RunAsync("tests/reference/Services.Reference.csproj", Output);

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>An assembly of signatures, by the package's name.</summary>
    public static string AssemblyOf(string package)
        => Path.Combine(DotnetBuild.Root, "artifacts", Output, "bin", $"{package}.Reference", "release", $"{package}.Reference.dll");
}
