using System.Diagnostics;
using System.Globalization;

namespace Tandem.Grpc.Tests.Fuzz;

/// <summary>
/// Plays cases for a while, some at a time. Each case has a source of random numbers of its own, made from the seed and the case's number,
/// so that a failure can be played again: <c>TANDEM_TEST_SEED</c> sets the seed, <c>TANDEM_FUZZ_SECONDS</c> how long all of them take together.
/// </summary>
internal static class FuzzRun
{
    private const int AtOnce = 8;
    private const int Batch = 200;

    private static readonly int Seed = Read("TANDEM_TEST_SEED", 20_261_121);
    private static readonly int Seconds = Read("TANDEM_FUZZ_SECONDS", 60);

    /// <summary>Plays cases for a part of the time, and looks after each batch whether all is well.</summary>
    public static async Task<int> PlayAsync(double part, Func<Random, Task> play, Func<Task> check)
    {
        Console.WriteLine($"fuzz: TANDEM_TEST_SEED={Seed}");
        var time = Stopwatch.StartNew();
        var next = 0;
        while (time.Elapsed < TimeSpan.FromSeconds(Seconds * part))
        {
            var first = next;
            next += Batch;
            await Parallel.ForEachAsync(Enumerable.Range(first, Batch), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
            {
                try
                {
                    await play(new Random(HashCode(Seed, number)));
                }
                catch (Exception exception)
                {
                    throw new InvalidOperationException($"TANDEM_TEST_SEED={Seed}, case {number}: {exception.Message}", exception);
                }
            });
            try
            {
                await check();
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"TANDEM_TEST_SEED={Seed}, after the cases {first} to {next - 1}: {exception.Message}", exception);
            }
        }

        Console.WriteLine($"fuzz: {next} cases in {time.Elapsed.TotalSeconds:F0} s");
        return next;
    }

    // The same in every process, which System.HashCode is not.
    private static int HashCode(int seed, int number) => unchecked((seed * 397) ^ (number * 1_000_003));

    private static int Read(string name, int otherwise)
        => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
