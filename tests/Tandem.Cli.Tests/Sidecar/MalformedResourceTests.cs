using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Cli.Tests.Support;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Sidecar;

/// <summary>Resource files that cannot be used, as <c>malformed-resources.txt</c> lists them: what the built command says, and how it ends.</summary>
public sealed partial class MalformedResourceTests(MalformedResourceTests.Outcome outcome) : IClassFixture<MalformedResourceTests.Outcome>
{
    public static TheoryData<string> Titles => [.. Case.All.Select(static found => found.Title)];

    [Theory]
    [MemberData(nameof(Titles))]
    public void Sidecar_MalformedResource_NamesFileResourceAndField(string title)
    {
        var (found, text) = outcome.Said[title];

        // The number of the line where the resource begins stands between the file and what is wrong with it.
        Assert.All(found.Expected, expected => Assert.Matches($"{Regex.Escape(found.File)}:\\d+: .*{Regex.Escape(expected)}", text));
        Assert.Contains($"level={(found.IsWarning ? "warning" : "fatal")}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Sidecar_MalformedResources_EndsWithOne() => Assert.Equal(1, outcome.ExitCode);

    [Fact]
    public void Cases_AreEnough() => Assert.True(Case.All.Count >= 60);

    /// <summary>One case of the list, with a file of its own.</summary>
    internal sealed record Case(string Title, bool IsWarning, string File, string Text, IReadOnlyList<string> Expected)
    {
        public static IReadOnlyList<Case> All { get; } = Read();

        public bool IsConfiguration => Text.Contains("kind: Configuration", StringComparison.Ordinal);

        private static List<Case> Read()
        {
            using var reader = new StreamReader(typeof(Case).Assembly.GetManifestResourceStream("malformed-resources.txt")!);
            var blocks = reader.ReadToEnd().Split("\n== ").Skip(1);
            return [.. blocks.Select(static (block, index) =>
            {
                var lines = block.TrimEnd().Split('\n');
                return new Case(
                    lines[0],
                    lines[0].StartsWith("warning: ", StringComparison.Ordinal),
                    string.Create(CultureInfo.InvariantCulture, $"case-{index:000}.yaml"),
                    string.Join('\n', lines[1..].Where(static line => !line.StartsWith(">> ", StringComparison.Ordinal))).Trim('\n') + "\n",
                    [.. lines.Where(static line => line.StartsWith(">> ", StringComparison.Ordinal)).Select(static line => line[3..])]);
            })];
        }
    }

    /// <summary>All cases given to one sidecar: each in a file of its own, its components and subscriptions under names of their own.</summary>
    public sealed class Outcome : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        internal Dictionary<string, (Case Case, string Text)> Said { get; } = [];

        internal int ExitCode { get; private set; }

        public async Task InitializeAsync()
        {
            Directory.CreateDirectory(_folder["resources"]);
            var flags = new List<string>();
            foreach (var found in Case.All)
            {
                var path = _folder[found.IsConfiguration ? found.File : $"resources/{found.File}"];
                await File.WriteAllTextAsync(path, UniqueNames(found));
                if (found.IsConfiguration)
                {
                    flags.AddRange(["--config", path]);
                }
            }

            var (code, text) = await TandemProcess.RunAsync(
                _folder.Path, _folder["home"], ["sidecar", "--app-id", "one", "--enable-metrics=false", "--resources-path", _folder["resources"], .. flags]);
            ExitCode = code;
            foreach (var found in Case.All)
            {
                var lines = text.Split('\n').Where(line => line.Contains(found.File, StringComparison.Ordinal)).Select(line => line.Replace($"x-{found.File}", "x", StringComparison.Ordinal));
                Said[found.Title] = (found, Unquote(string.Join('\n', lines)));
            }
        }

        public Task DisposeAsync()
        {
            _folder.Dispose();
            return Task.CompletedTask;
        }

        private static string UniqueNames(Case found) => found.Text.Replace("{name: x}", $"{{name: x-{found.File}}}", StringComparison.Ordinal);

        private static string Unquote(string text) => text.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
    }
}
