using System.Reflection;
using System.Text.RegularExpressions;

namespace Tandem.Services.Tests.Security;

/// <summary>docs/security.md names tests; they have to be there.</summary>
public sealed partial class SecurityTableTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void EveryLine_NamesTestsThatExist()
    {
        var lines = Lines().ToList();
        var known = typeof(SecurityTableTests).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
                .Where(static method => method.GetCustomAttribute<FactAttribute>() is { Skip: null })
                .Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);

        Assert.True(lines.Count > 40, $"only {lines.Count} lines were read");
        Assert.All(lines, static line => Assert.NotEmpty(line.Tests));
        Assert.All(lines, static line => Assert.Matches(@"^\d+\.\d+\.\d+$", line.Number));
        Assert.DoesNotContain(lines.SelectMany(static line => line.Tests), test => !known.Contains(test) && !IsNodeTest(test));
    }

    [Fact]
    public void EveryTestOfThisFolder_IsNamedSomewhere()
    {
        var page = File.ReadAllText(Page());
        var classes = typeof(SecurityTableTests).Assembly.GetTypes()
            .Where(static type => type.Namespace == typeof(SecurityTableTests).Namespace && type.Name.EndsWith("Tests", StringComparison.Ordinal))
            .Select(static type => type.Name);

        Assert.DoesNotContain(classes, name => !page.Contains(name, StringComparison.Ordinal));
    }

    private static IEnumerable<(string Number, string[] Tests)> Lines()
        => File.ReadAllLines(Page())
            .SkipWhile(static line => line != "## The list")
            .TakeWhile(static line => !line.StartsWith("## What is not held", StringComparison.Ordinal))
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2]))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(static cells => (cells[1], Code().Matches(cells[3]).Select(static match => match.Groups[1].Value).ToArray()));

    /// <summary><c>shipping.test.mjs: ships a paid order</c>.</summary>
    private static bool IsNodeTest(string name)
    {
        var parts = name.Split(": ", 2);
        var file = Path.Combine(Root, "services", "shipping", "test", parts[0]);
        return parts.Length == 2 && File.Exists(file) && File.ReadAllText(file).Contains($"it('{parts[1]}'", StringComparison.Ordinal);
    }

    private static string Page() => Path.Combine(Root, "docs", "security.md");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Services.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The repository's root was not found.");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
