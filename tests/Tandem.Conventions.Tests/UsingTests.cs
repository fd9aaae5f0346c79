using System.Text.RegularExpressions;

namespace Tandem.Conventions.Tests;

/// <summary>
/// The order of usings is the one rule of the formatter that neither the compiler nor <c>dotnet format whitespace</c> checks: namespaces with
/// System before others, then static ones, then aliases, each in alphabetical order.
/// </summary>
public sealed partial class UsingTests
{
    private static readonly string[] Folders = ["services", "sidecar", "sdk", "tests", "bench"];

    [Fact]
    public void Usings_OfEachFile_AreInOrder()
    {
        var files = Folders.SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)).ToList();
        var faults = files.Where(static file => !IsInOrder(File.ReadLines(file))).Select(static file => Path.GetRelativePath(Repository.Root, file)).ToList();

        Assert.NotEmpty(files);
        Assert.True(faults.Count == 0, $"Usings out of order (`dotnet format` puts them in order):\n{string.Join('\n', faults)}");
    }

    [Theory]
    [InlineData("using System;\nusing System.Net;\nusing Dapper;\nusing static System.Math;\nusing A = B;", true)]
    [InlineData("using Dapper;\nusing System;", false)]
    [InlineData("using Xunit;\nusing Dapper;", false)]
    [InlineData("using A = B;\nusing Dapper;", false)]
    public void Usings_InAnOrder_AreSeenAsSuch(string text, bool expected) => Assert.Equal(expected, IsInOrder(text.Split('\n')));

    private static bool IsInOrder(IEnumerable<string> lines)
    {
        var usings = lines.TakeWhile(static line => line.Length == 0 || line.StartsWith("using ", StringComparison.Ordinal) || line.StartsWith("//", StringComparison.Ordinal))
            .Select(static line => Using().Match(line))
            .Where(static match => match.Success)
            .Select(static match => (
                Kind: match.Groups["alias"].Success ? 2 : match.Groups["static"].Success ? 1 : 0,
                IsOther: match.Groups["name"].Value is not "System" && !match.Groups["name"].Value.StartsWith("System.", StringComparison.Ordinal),
                Name: (match.Groups["alias"].Success ? match.Groups["alias"] : match.Groups["name"]).Value))
            .ToList();
        return usings.Zip(usings.Skip(1)).All(static pair => Compare(pair.First, pair.Second) <= 0);
    }

    private static int Compare((int Kind, bool IsOther, string Name) one, (int Kind, bool IsOther, string Name) other)
    {
        var order = one.Kind.CompareTo(other.Kind);
        if (order == 0 && one.Kind < 2)
        {
            order = one.IsOther.CompareTo(other.IsOther);
        }

        return order != 0 ? order : string.Compare(one.Name.Replace('.', ' '), other.Name.Replace('.', ' '), StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"^using (?:(?<static>static) |(?<alias>\w+) = )?(?:global::)?(?<name>[\w.]+)")]
    private static partial Regex Using();
}
