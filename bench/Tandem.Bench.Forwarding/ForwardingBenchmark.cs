using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Runtime;
using Tandem.Sidecar;

namespace Tandem.Bench.Forwarding;

/// <summary>What one invocation from app A to app B costs in time and memory.</summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001", Justification = "GlobalCleanup disposes.")]
public class ForwardingBenchmark
{
    private readonly List<SidecarHost> _hosts = [];
    private RawLoad _load = null!;

    /// <summary>Whether the two sidecars are in two hosts, so that the call crosses both, as between two processes.</summary>
    [Params(false, true)]
    public bool Apart { get; set; }

    /// <summary>Starts app and sidecars.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _load = new RawLoad();
        var caller = new SidecarOptions { AppId = "a", Namespace = $"bench-{Guid.NewGuid():N}", HttpPort = 13_500, GrpcPort = 0, MetricsPort = null };
        var callee = caller with { AppId = "b", HttpPort = 13_501, AppPort = _load.AppPort };
        var second = AddHost();
        second.Add(callee);
        (Apart ? AddHost() : second).Add(caller);
        foreach (var host in _hosts)
        {
            host.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        second.Sidecars[0].WaitForAppAsync(CancellationToken.None).GetAwaiter().GetResult();
        _load.Connect(caller.HttpPort, "/v1.0/invoke/b/method/hello");
    }

    /// <summary>One call.</summary>
    [Benchmark]
    public void InvokeAToB() => _load.Call();

    /// <summary>Ends them.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var host in _hosts)
        {
            host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        _hosts.Clear();
        _load.Dispose();
    }

    private SidecarHost AddHost()
    {
        var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        _hosts.Add(host);
        return host;
    }
}
