namespace Dapr.Sdk.Tests.Reference;

/// <summary>
/// The services compile against the official packages' signatures (<c>-p:DaprPackages=nuget</c> needs nothing but packages that can be
/// restored), and our own packages have every one of these signatures.
/// </summary>
public sealed class ReferenceBuildTests(ReferenceBuild build) : IClassFixture<ReferenceBuild>
{
    [Fact]
    public void Services_AgainstTheOfficialSignatures_Compile() => Assert.True(build.ExitCode == 0, build.Log);

    [Theory]
    [InlineData("Dapr.Client", "Dapr.Client")]
    [InlineData("Dapr.AspNetCore", "Dapr.AspNetCore")]
    [InlineData("Dapr.Actors", "Dapr.Actors")]
    [InlineData("Dapr.Actors.AspNetCore", "Dapr.Actors.AspNetCore")]
    [InlineData("Dapr.Extensions.Configuration", "Dapr.Extensions.Configuration")]
    [InlineData("Grpc", "Tandem.Grpc")]
    [InlineData("Grpc.StatusProto", "Tandem.Grpc")]
    public void OwnPackage_EveryOfficialSignature_IsThere(string package, string own)
    {
        Assert.True(build.ExitCode == 0, build.Log);
        var official = Signatures.Read(ReferenceBuild.AssemblyOf(package));
        var ours = Signatures.Read(Path.Combine(AppContext.BaseDirectory, $"{own}.dll"));

        var missing = official.Except(ours, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();

        Assert.True(official.Count > 1, "No signature was found at all.");
        Assert.True(missing.Count == 0, $"{own} lacks:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public async Task Services_AgainstSignaturesThatChanged_DoNotCompile()
    {
        // Beside the folder of what is built, not in it: sources in there are none.
        var changed = Path.Combine(DotnetBuild.Root, "artifacts", "reference-changed-signatures");
        CopyFolder(Path.Combine(DotnetBuild.Root, "tests", "reference"), changed);
        Change(Path.Combine(changed, "Dapr.Client", "DaprClient.cs"), "PublishByteEventAsync(string pubsubName", "PublishBytesAsync(string pubsubName");
        Change(Path.Combine(changed, "Grpc", "Grpc.Core.Api.cs"), "public Metadata RequestHeaders =>", "public Metadata Headers =>");
        Change(Path.Combine(changed, "Dapr.AspNetCore", "Dapr.AspNetCore.cs"), "public string DeadLetterTopic { get; set; }\n        public IDictionary", "public IDictionary");

        var (exitCode, log) = await DotnetBuild.RunAsync("services/defaults/Tandem.ServiceDefaults.csproj", "reference-changed", changed);

        Assert.NotEqual(0, exitCode);
        Assert.True(log.Contains("OutboxPublisher.cs", StringComparison.Ordinal), log);
        Assert.Matches(@"OutboxPublisher\.cs.*error CS1061.*PublishByteEventAsync", log);
        Assert.Matches(@"error CS1061.*RequestHeaders", log);
        Assert.Matches(@"EventEndpoints\.cs.*error CS0117.*DeadLetterTopic", log);
    }

    private static void CopyFolder(string from, string to)
    {
        if (Directory.Exists(to))
        {
            // What an earlier run copied may be gone from the original.
            Directory.Delete(to, recursive: true);
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private static void Change(string file, string from, string to)
    {
        var text = File.ReadAllText(file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
    }
}
