using System.Globalization;

namespace Tandem.Testing;

/// <summary>
/// Runs a test upon random input. What it ran with is printed, and named in a failure; <c>TANDEM_TEST_SEED</c> runs it with that again.
/// </summary>
public static class Seeded
{
    private const string Variable = "TANDEM_TEST_SEED";

    /// <summary>Runs the test with a source of random numbers.</summary>
    public static async Task RunAsync(Func<Random, Task> test)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        Console.WriteLine($"{test.Method.DeclaringType?.DeclaringType?.Name ?? test.Method.DeclaringType?.Name}: {Variable}={seed}");
        try
        {
            await test(new Random(seed));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"With {Variable}={seed}: {exception.Message}", exception);
        }
    }
}
