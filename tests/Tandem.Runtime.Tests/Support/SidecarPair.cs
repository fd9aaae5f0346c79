using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Sidecar;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Support;

/// <summary>The sidecars of <c>caller</c>, which has no app, and of <c>callee</c>: in one process, or apart as in two.</summary>
internal sealed class SidecarPair : IAsyncDisposable
{
    private readonly List<SidecarHost> _hosts = [];

    /// <summary>The caller's HTTP port.</summary>
    public int Port { get; } = FreePorts.Take();

    public static async Task<SidecarPair> StartAsync(
        TestApp app, bool apart, Func<SidecarOptions, SidecarOptions>? caller = null, Func<SidecarOptions, SidecarOptions>? callee = null)
    {
        var pair = new SidecarPair();
        // The machine's registry is everybody's.
        var options = new SidecarOptions { AppId = "caller", Namespace = $"test-{Guid.NewGuid():N}", HttpPort = pair.Port, GrpcPort = 0, MetricsPort = null };
        var called = options with { AppId = "callee", HttpPort = FreePorts.Take(), AppPort = app.Port };
        var first = pair.AddHost();
        var second = apart ? pair.AddHost() : first;
        second.Add(callee?.Invoke(called) ?? called);
        first.Add(caller?.Invoke(options) ?? options);
        foreach (var host in pair._hosts.AsEnumerable().Reverse())
        {
            await host.StartAsync(default).WithinAsync();
        }

        await second.Sidecars[0].WaitForAppAsync(default).WithinAsync();
        return pair;
    }

    /// <summary>The caller's gRPC port.</summary>
    public int GrpcPort => ((SidecarInstance)_hosts[0].Sidecars.Single(static sidecar => sidecar.Options.AppId == "caller")).GrpcPort;

    /// <summary>The callee's sidecar.</summary>
    public SidecarInstance Callee => (SidecarInstance)_hosts[^1].Sidecars.Single(static sidecar => sidecar.Options.AppId == "callee");

    /// <summary>The URL by which the callee's method is invoked.</summary>
    public Uri Url(string method) => new($"http://127.0.0.1:{Port}/v1.0/invoke/callee/method/{method}");

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    private SidecarHost AddHost()
    {
        var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        _hosts.Add(host);
        return host;
    }
}
