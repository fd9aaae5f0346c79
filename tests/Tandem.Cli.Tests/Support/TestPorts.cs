using Tandem.Testing;

namespace Tandem.Cli.Tests.Support;

/// <summary>Free ports for the apps of a test.</summary>
internal static class TestPorts
{
    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(static _ => FreePorts.Take())];
}
