using System.Reflection;
using System.Text.RegularExpressions;

namespace Dapr.Sdk.Tests.Reference;

/// <summary>The tables of sdk/README.md say what the assemblies have.</summary>
public sealed partial class ReadmeTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly string[] Readme = File.ReadAllLines(Path.Combine(DotnetBuild.Root, "sdk", "README.md"));

    [Theory]
    [InlineData("Dapr.Client")]
    [InlineData("Dapr.AspNetCore")]
    [InlineData("Dapr.Actors")]
    [InlineData("Dapr.Actors.AspNetCore")]
    [InlineData("Dapr.Extensions.Configuration")]
    [InlineData("Dapr.Jobs")]
    public void Table_OfAPackage_SaysWhatItsAssemblyHas(string package)
    {
        var types = Assembly.Load(package).GetExportedTypes().ToLookup(static type => type.Name.Split('`')[0], StringComparer.Ordinal);
        var rows = Rows(package).ToList();
        var wrong = new List<string>();
        foreach (var (names, members, isHere) in rows)
        {
            foreach (var name in names)
            {
                wrong.AddRange(members.Count == 0
                    ? types.Contains(name) == isHere ? [] : [name]
                    : members.Where(member => types[name].Any(type => Has(type, member)) != isHere).Select(member => $"{name}.{member}"));
            }
        }

        var listed = rows.Where(static row => row.IsHere).SelectMany(static row => row.Types).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(rows);
        Assert.True(wrong.Count == 0, $"The table says otherwise of: {string.Join(", ", wrong)}");
        Assert.Empty(types.Select(static type => type.Key).Except(listed));
    }

    [Fact]
    public void Table_OfTheClient_ListsEveryMember()
    {
        var listed = Rows("Dapr.Client").Where(static row => row.IsHere && row.Types.Contains("DaprClient")).SelectMany(static row => row.Members).ToHashSet(StringComparer.Ordinal);
        var members = typeof(Dapr.Client.DaprClient).GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(static member => member is not MethodInfo { IsSpecialName: true })
            .Select(static member => member.Name);

        Assert.Empty(members.Except(listed));
    }

    private static bool Has(Type type, string member)
        => type.GetMember(member, Everything).Any(static found => found switch
        {
            MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
            PropertyInfo property => property.GetMethod is { IsPublic: true },
            FieldInfo field => field.IsPublic,
            _ => true,
        });

    private static IEnumerable<(List<string> Types, List<string> Members, bool IsHere)> Rows(string package)
        => Readme.SkipWhile(line => line != $"## {package}").Skip(1).TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(static cells => (
                Names(cells[1]),
                cells[2] == "all" ? [] : Names(cells[2]) is { Count: > 0 } members ? members : throw new InvalidDataException($"A row names no members: {cells[1]}"),
                cells[3] switch { "yes" => true, "no" => false, var other => throw new InvalidDataException($"'{other}' is neither yes nor no.") }));

    private static List<string> Names(string cell) => [.. InBackticks().Matches(cell).Select(static match => match.Groups[1].Value)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InBackticks();
}
