using System.Text.RegularExpressions;

namespace Tandem.Conventions.Tests;

/// <summary>A test that asserts nothing cannot fail for the reason that it was written for.</summary>
public sealed partial class AssertionTests
{
    public static TheoryData<string> Projects => [.. Repository.TestProjects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void EachTest_OfAProject_ComesToAnAssertion(string project)
    {
        using var assembly = TestAssembly.Open(Repository.AssemblyOf(project));

        Assert.NotEmpty(assembly.Tests);
        Assert.True(assembly.TestsWithoutAssertion.Count == 0, $"Without an assertion:\n{string.Join('\n', assembly.TestsWithoutAssertion)}");
    }

    [Fact]
    public void EachTest_InJavaScript_Asserts()
    {
        List<string> tests = [];
        List<string> without = [];
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "services", "shipping", "test"), "*.test.mjs"))
        {
            foreach (Match test in JavaScriptTest().Matches(File.ReadAllText(file)))
            {
                var name = $"{Path.GetFileName(file)}: {test.Groups["name"].Value}";
                tests.Add(name);
                if (!test.Groups["body"].Value.Contains("assert", StringComparison.Ordinal))
                {
                    without.Add(name);
                }
            }
        }

        Assert.NotEmpty(tests);
        Assert.True(without.Count == 0, $"Without an assertion:\n{string.Join('\n', without)}");
    }

    [Theory]
    [InlineData(nameof(Samples.Directly), true)]
    [InlineData(nameof(Samples.ThroughAHelper), true)]
    [InlineData(nameof(Samples.InALambdaAsync), true)]
    [InlineData(nameof(Samples.ThroughAnAbstractMethod), true)]
    [InlineData(nameof(Samples.ThroughAGenericType), true)]
    [InlineData(nameof(Samples.NotAtAll), false)]
    [InlineData(nameof(Samples.NotAtAllAsync), false)]
    public void Method_ThatAssertsOrNot_IsSeenAsSuch(string method, bool asserts)
    {
        using var assembly = TestAssembly.Open(typeof(Samples).Assembly.Location);

        Assert.Equal(asserts, assembly.ComesToAnAssertion($"{typeof(Samples).FullName}.{method}"));
    }

    // From `it('…` to the line that closes it, which is indented as it is.
    [GeneratedRegex(@"^(?<indent> *)(?:it|test)\((?<quote>['`])(?<name>.*?)\k<quote>(?<body>.*?)^\k<indent>\}\);", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex JavaScriptTest();
}
