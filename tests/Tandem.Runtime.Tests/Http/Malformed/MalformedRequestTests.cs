using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Runtime.Tests.Support;
using Tandem.Sidecar;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Http.Malformed;

[Collection(AloneCollection.Name)]
public sealed class MalformedRequestTests(MalformedRequestTests.Fixture fixture) : IClassFixture<MalformedRequestTests.Fixture>
{
    public static TheoryData<string> Names => [.. MalformedRequests.All.Select(static request => request.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Send_RequestThatIsWrong_IsAnsweredWithWhatIsWrong(string name)
    {
        var request = MalformedRequests.All.Single(request => request.Name == name);

        var answer = await fixture.SendAsync(request.Bytes);

        Assert.True(answer.Status == request.Status, $"{name}: {request.Status} was expected, but the answer is\n{answer.Head}\n\n{answer.Body}");
        if (request.Code is { } code)
        {
            Assert.Contains($"\"errorCode\":\"{code}\"", answer.Body, StringComparison.Ordinal);
            Assert.NotEmpty(MessageOf(answer));
        }

        // What is the sidecar's own does not leave it.
        Assert.DoesNotContain("   at ", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer.Body, StringComparison.Ordinal);
        await fixture.AssertWorksAsync();
    }

    [Fact]
    public async Task Send_AllAgainAndAgain_KeepsNoMemory()
    {
        await SendAllAsync(3);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await SendAllAsync(20);

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 4 * 1024 * 1024, $"{grown} bytes more are held after {20 * MalformedRequests.All.Count} requests");
        await fixture.AssertWorksAsync();

        async Task SendAllAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await Parallel.ForEachAsync(MalformedRequests.All, async (request, _) => await fixture.SendAsync(request.Bytes));
            }
        }
    }

    [Theory]
    [InlineData("POST /v1.0/state/store")]
    [InlineData("POST /v1.0/publish/bus/topic")]
    [InlineData("POST /v1.0/invoke/app/method/sink")]
    [InlineData("PUT /v1.0/metadata/name")]
    public async Task Send_AGigabyteInChunks_IsRefusedEarlyAndCostsNoMemory(string line)
    {
        const int Chunk = 256 * 1024;
        const long Whole = 1L << 30;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, fixture.Port).WithinAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")).WithinAsync();
        var chunk = Encoding.ASCII.GetBytes($"{Chunk:x}\r\n{new string(' ', Chunk)}\r\n");
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var answering = Task.Run(() => RawHttp.ReadAsync(socket, CancellationToken.None));
        long sent = 0;
        try
        {
            for (; sent < Whole; sent += Chunk)
            {
                await socket.SendAsync(chunk).WithinAsync();
            }
        }
        catch (SocketException)
        {
            // The connection was ended: nobody reads on.
        }

        var answer = await answering.WithinAsync();
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;

        Assert.True(answer.Status is 413 or 0, answer.Head);
        Assert.True(sent < 64 * 1024 * 1024, $"{sent} bytes were taken");
        Assert.True(allocated < 8 * 1024 * 1024, $"{allocated} bytes were allocated");
        await fixture.AssertWorksAsync();
    }

    private static string MessageOf(RawAnswer answer)
    {
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.GetProperty("message").GetString()!;
    }

    /// <summary>One sidecar for all requests: what one breaks, the next ones see.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();
        private readonly HttpClient _http = new();
        private TestApp _app = null!;
        private SidecarHost _host = null!;

        public int Port { get; } = FreePorts.Take();

        public async Task InitializeAsync()
        {
            await File.WriteAllTextAsync(_folder["components.yaml"], $$"""
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata: { name: store }
                spec: { type: state.in-memory, metadata: [{ name: actorStateStore, value: "true" }] }
                ---
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata: { name: bus }
                spec: { type: pubsub.in-memory }
                ---
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata: { name: vault }
                spec: { type: secretstores.local.env }
                ---
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata: { name: files }
                spec: { type: bindings.localstorage, metadata: [{ name: rootPath, value: {{_folder["files"]}} }] }
                """);
            _app = await TestApp.StartAsync(static async http =>
            {
                await http.Request.Body.CopyToAsync(Stream.Null);
                await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                    http.Response, http.Request.Path == "/dapr/config" ? """{"entities":["type"]}""" : "[]");
            });
            _host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
            _host.Add(new SidecarOptions
            {
                AppId = "app",
                AppPort = _app.Port,
                Namespace = $"test-{Guid.NewGuid():N}",
                HttpPort = Port,
                GrpcPort = 0,
                MetricsPort = null,
                MaxBodySize = MalformedRequests.MaxBodySize,
                ResourcesPaths = [_folder.Path],
                DataDirectory = _folder.Path,
            });
            await _host.StartAsync(default).WithinAsync();
            await _host.Sidecars[0].WaitForAppAsync(default).WithinAsync();
        }

        public async Task DisposeAsync()
        {
            await _host.DisposeAsync();
            await _app.DisposeAsync();
            _http.Dispose();
            _folder.Dispose();
        }

        internal Task<RawAnswer> SendAsync(string bytes) => RawHttp.SendAsync(Port, bytes, CancellationToken.None).WithinAsync();

        /// <summary>The sidecar does its work: the app is called, a value is kept.</summary>
        internal async Task AssertWorksAsync()
        {
            var root = $"http://127.0.0.1:{Port}/v1.0";
            using var save = new StringContent("""[{"key":"works","value":1}]""", Encoding.UTF8, "application/json");
            Assert.Equal(HttpStatusCode.NoContent, (await _http.PostAsync($"{root}/state/store", save).WithinAsync()).StatusCode);
            Assert.Equal("1", await _http.GetStringAsync($"{root}/state/store/works").WithinAsync());
            Assert.Equal("[]", await _http.GetStringAsync($"{root}/invoke/app/method/any").WithinAsync());
        }
    }
}
