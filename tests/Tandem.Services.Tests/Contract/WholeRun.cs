using System.Collections.Concurrent;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestCaseOrderer("Tandem.Services.Tests.Contract.WholeRun", "Tandem.Services.Tests")]
[assembly: TestCollectionOrderer("Tandem.Services.Tests.Contract.ContractLast", "Tandem.Services.Tests")]

namespace Tandem.Services.Tests.Contract;

/// <summary>
/// Knows whether this run is one of all tests: xUnit shows each class's cases to the orderer before it runs them, and a case that a filter
/// left out is not among them.
/// </summary>
public sealed class WholeRun : ITestCaseOrderer
{
    private static readonly ConcurrentDictionary<string, byte> Shown = new(StringComparer.Ordinal);
    private readonly DefaultTestCaseOrderer _order = new(new NullMessageSink());

    /// <summary>The tests of this assembly that are not part of this run; those of the contract, whose classes come in any order, aside.</summary>
    public static IReadOnlyList<string> Missing
        => [.. typeof(WholeRun).Assembly.GetTypes()
            .Where(static type => !type.IsAbstract && type.Namespace != typeof(WholeRun).Namespace)
            .SelectMany(static type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(static method => method.GetCustomAttribute<FactAttribute>() is not null)
                .Select(method => Name(type.FullName!, method.Name)))
            .Where(static name => !Shown.ContainsKey(name))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase
    {
        var cases = testCases.ToList();
        foreach (var test in cases)
        {
            Shown.TryAdd(Name(test.TestMethod.TestClass.Class.Name, test.TestMethod.Method.Name), 0);
        }

        return _order.OrderTestCases(cases);
    }

    private static string Name(string type, string method) => $"{type}.{method}";
}

/// <summary>Runs the contract's check after everything else: collections that are not parallel follow those that are, in this order.</summary>
public sealed class ContractLast : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections)
        => testCollections.OrderBy(static collection => collection.DisplayName == ContractCollection.Name).ThenBy(static collection => collection.UniqueID);
}
