using System.Diagnostics;
using Tandem.Cli.Run.Files;

namespace Tandem.Cli.Run.Planning;

/// <summary>The ports of one app and its sidecar.</summary>
internal sealed record AppPorts(int? App, int Http, int Grpc, int? Internal, int Metrics);

/// <summary>The ports of all apps.</summary>
/// <param name="Apps">Those of each app, in the order of the file.</param>
/// <param name="Chosen">Those that nobody gave: another process may take one before it is used, and then others are as good.</param>
internal sealed record RunPorts(IReadOnlyList<AppPorts> Apps, IReadOnlyCollection<int> Chosen);

/// <summary>Takes the ports that the run file gives, each once and only when it is free, and chooses the missing ones.</summary>
internal static class PortPlanner
{
    private const int DefaultHttp = 3500;
    private const int DefaultGrpc = 50001;
    private const int DefaultMetrics = 9090;

    // The processes of a run that was killed just now are still leaving their ports.
    private static readonly TimeSpan LeavingTime = TimeSpan.FromSeconds(1);

    private static readonly string[] Keys =
        [RunKeys.AppPort, RunKeys.HttpPort, RunKeys.GrpcPort, RunKeys.InternalGrpcPort, RunKeys.MetricsPort];

    public static RunPorts Plan(IReadOnlyList<AppSettings> apps, List<string> faults)
    {
        var chooser = new PortChooser(Check(apps, faults));
        var ports = apps.Select(app => new AppPorts(
            Given(app, RunKeys.AppPort) ?? (app.Has(RunKeys.AppPort) ? chooser.Choose(null) : null),
            Given(app, RunKeys.HttpPort) ?? chooser.Choose(DefaultHttp),
            Given(app, RunKeys.GrpcPort) ?? chooser.Choose(DefaultGrpc),
            Given(app, RunKeys.InternalGrpcPort),
            Given(app, RunKeys.MetricsPort) ?? chooser.Choose(DefaultMetrics))).ToList();
        return new RunPorts(ports, chooser.Chosen);
    }

    private static HashSet<int> Check(IReadOnlyList<AppSettings> apps, List<string> faults)
    {
        var owners = new Dictionary<int, string>();
        var deadline = Stopwatch.GetTimestamp() + (long)(LeavingTime.TotalSeconds * Stopwatch.Frequency);
        foreach (var app in apps)
        {
            foreach (var key in Keys)
            {
                if (Given(app, key) is not { } port)
                {
                    continue;
                }

                if (!owners.TryAdd(port, $"{app.Name}.{key}"))
                {
                    faults.Add($"{app.Where(key)}: port {port} is already {owners[port]}");
                }
                else if (MustBeFree(app, key) && !PortChooser.IsFreeSoon(port, deadline))
                {
                    faults.Add($"{app.Where(key)}: port {port} is in use by another process");
                }
            }
        }

        return [.. owners.Keys];
    }

    // An app that somebody else starts may be up already; one on another address is not ours to test.
    private static bool MustBeFree(AppSettings app, string key)
        => key != RunKeys.AppPort || (app.Has(RunKeys.Command) && !app.Has(RunKeys.AppChannelAddress));

    private static int? Given(AppSettings app, string key) => app.Get<int>(key) is > 0 and var port ? port : null;
}
