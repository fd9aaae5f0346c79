using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Tandem.Bench.Components;

/// <summary>One row of the table.</summary>
internal sealed record Measurement(string Name, long Count, TimeSpan Elapsed, TimeSpan Cpu, long AllocatedBytes, double P50, double P99)
{
    public const string Header = """
        | what | per second | p50 ms | p99 ms | CPU µs each | allocated bytes each |
        | --- | ---: | ---: | ---: | ---: | ---: |
        """;

    /// <summary>Calls again and again from so many callers at once.</summary>
    public static async Task<Measurement> CallersAsync(string name, int callers, TimeSpan duration, Func<int, Task> call)
    {
        // The first second warms up and is not counted.
        await RunAsync(callers, TimeSpan.FromSeconds(1), call);
        using var process = Process.GetCurrentProcess();
        var (cpu, allocated, watch) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(), Stopwatch.StartNew());
        var latencies = await RunAsync(callers, duration, call);
        watch.Stop();
        process.Refresh();
        latencies.Sort();
        return new Measurement(
            name, latencies.Count, watch.Elapsed, process.TotalProcessorTime - cpu, GC.GetTotalAllocatedBytes() - allocated,
            latencies[latencies.Count / 2], latencies[latencies.Count * 99 / 100]);
    }

    public override string ToString()
    {
        var each = Math.Max(1, Count);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name} | {Count / Elapsed.TotalSeconds:F0} | {P50:F2} | {P99:F2} | {Cpu.TotalMicroseconds / each:F0} | {AllocatedBytes / each} |");
    }

    private static async Task<List<double>> RunAsync(int callers, TimeSpan duration, Func<int, Task> call)
    {
        var latencies = new ConcurrentBag<List<double>>();
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var own = new List<double>(1 << 16);
            while (Stopwatch.GetTimestamp() < end)
            {
                var start = Stopwatch.GetTimestamp();
                await call(caller);
                own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            latencies.Add(own);
        })));
        return [.. latencies.SelectMany(static own => own)];
    }
}
