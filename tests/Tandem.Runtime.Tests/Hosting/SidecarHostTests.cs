using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Sidecar;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Hosting;

public sealed class SidecarHostTests
{
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task StartAsync_TwoSidecars_EachAnswersOnItsOwnPort()
    {
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        var one = Options("one");
        var two = Options("two");
        host.Add(one);
        host.Add(two);
        await host.StartAsync(Deadline);
        using var http = new HttpClient();

        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync($"http://127.0.0.1:{one.HttpPort}/v1.0/healthz?appid=one", Deadline)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync($"http://127.0.0.1:{two.HttpPort}//v1.0/healthz", Deadline)).StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await http.GetAsync($"http://127.0.0.1:{two.HttpPort}/v1.0/healthz?appid=one", Deadline)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"http://127.0.0.1:{two.HttpPort}/v1.0/nonsense", Deadline)).StatusCode);
    }

    [Fact]
    public async Task StartAsync_PortTaken_NamesPortAndFlagAndLeavesNothingOpen()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var free = Options("free");
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        host.Add(free);
        host.Add(Options("late") with { HttpPort = port });

        var exception = await Assert.ThrowsAsync<SidecarStartException>(() => host.StartAsync(Deadline));

        Assert.Contains("app 'late'", Assert.Single(exception.Faults), StringComparison.Ordinal);
        Assert.Contains($"port {port} (--dapr-http-port)", exception.Faults[0], StringComparison.Ordinal);
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await probe.ConnectAsync(IPAddress.Loopback, free.HttpPort, Deadline));
    }

    private static SidecarOptions Options(string appId) => new()
    {
        AppId = appId,
        HttpPort = FreePorts.Take(),
        GrpcPort = 0,
        MetricsPort = FreePorts.Take(),
    };
}
