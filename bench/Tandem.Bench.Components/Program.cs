using Tandem.Bench.Components;

// Each row runs for a few seconds against a fresh database in the given folder (default: a temporary one), on the disk that it lies on.
var folder = args.Length > 0 ? Directory.CreateDirectory(args[0]).FullName : Directory.CreateTempSubdirectory("tandem-bench-").FullName;
var duration = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 4);
Console.WriteLine($"{Environment.ProcessorCount} processors, {folder}");
Console.WriteLine();
Console.WriteLine(Measurement.Header);
try
{
    await foreach (var measurement in StateBench.RunAsync(folder, duration))
    {
        Console.WriteLine(measurement);
    }

    await foreach (var measurement in PubSubBench.RunAsync(folder, duration))
    {
        Console.WriteLine(measurement);
    }
}
finally
{
    if (args.Length == 0)
    {
        Directory.Delete(folder, recursive: true);
    }
}
