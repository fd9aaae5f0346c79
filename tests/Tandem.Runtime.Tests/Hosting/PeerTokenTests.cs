using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Sidecar;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Hosting;

public sealed class PeerTokenTests
{
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task InternalListener_WithoutTheToken_RefusesWhoeverClaimsToBeAnApp()
    {
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System, BuiltInComponents.CreateCatalog());
        var options = new SidecarOptions { AppId = "callee", HttpPort = FreePorts.Take(), GrpcPort = 0, InternalPort = FreePorts.Take(), MetricsPort = null };
        host.Add(options);
        await host.StartAsync(Deadline);
        using var http = new HttpClient();
        foreach (var token in new[] { null, "", "guessed" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{options.InternalPort}/invoke/orders");
            request.Headers.Add("dapr-caller-app-id", "order");
            if (token is not null)
            {
                request.Headers.TryAddWithoutValidation("tandem-peer-token", token);
            }

            using var answer = await http.SendAsync(request, Deadline);

            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task ReadOrCreate_ManyAtOnce_AllGetTheOneTokenThatOnlyItsOwnerReads()
    {
        using var folder = new TemporaryFolder();

        var tokens = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => PeerTokenFile.ReadOrCreate(folder.Path), Deadline)));

        Assert.Equal(64, Assert.Single(tokens.Distinct()).Length);
        Assert.Equal("peer.token", Path.GetFileName(Assert.Single(Directory.GetFiles(folder.Path))));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Path, "peer.token")));
        }
    }

    [Fact]
    public void ReadOrCreate_FileWithoutToken_IsRefused()
    {
        using var folder = new TemporaryFolder();
        PeerTokenFile.ReadOrCreate(folder.Path);
        File.WriteAllBytes(Path.Combine(folder.Path, "peer.token"), Encoding.UTF8.GetBytes("short"));

        Assert.Throws<IOException>(() => PeerTokenFile.ReadOrCreate(folder.Path));
    }
}
