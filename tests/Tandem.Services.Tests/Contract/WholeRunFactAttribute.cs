using System.ComponentModel;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Tandem.Services.Tests.Contract;

/// <summary>A test about all the others: it is skipped, and says so, when some of them are not part of the run.</summary>
[XunitTestCaseDiscoverer("Tandem.Services.Tests.Contract.WholeRunDiscoverer", "Tandem.Services.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class WholeRunFactAttribute : FactAttribute;

/// <summary>Makes the test case; xUnit creates it by its name.</summary>
public sealed class WholeRunDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
        => [new WholeRunTestCase(diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}

/// <summary>Looks at the run when its turn comes, which is last.</summary>
public sealed class WholeRunTestCase : XunitTestCase
{
    /// <summary>For xUnit, which fills it in from what it has stored.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("For deserialization alone.")]
    public WholeRunTestCase()
    {
    }

    /// <summary>Creates the case.</summary>
    public WholeRunTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method)
    {
    }

    /// <inheritdoc/>
    public override Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments, ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource)
    {
        if (WholeRun.Missing is { Count: > 0 } missing)
        {
            SkipReason = $"{missing.Count} tests are not part of this run, such as {missing[0]}; which routes are tested shows only when all of them are.";
        }

        return base.RunAsync(diagnosticMessageSink, messageBus, constructorArguments, aggregator, cancellationTokenSource);
    }
}
