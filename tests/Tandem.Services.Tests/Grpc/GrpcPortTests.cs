using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Tandem.ServiceDefaults;
using Tandem.Testing;

namespace Tandem.Services.Tests.Grpc;

/// <summary>Where a service with gRPC listens, on real sockets.</summary>
public sealed class GrpcPortTests : IAsyncLifetime
{
    private readonly int _port = FreePorts.Take();
    private readonly int _grpcPort = FreePorts.Take();
    private readonly HttpClient _client = new();
    private WebApplication? _app;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["APP_PORT"] = $"{_port}",
            ["GRPC_PORT"] = $"{_grpcPort}",
            ["DAPR_HTTP_PORT"] = "1",
        });
        builder.AddServiceDefaults("test", defaultPort: 9999);
        builder.AddServiceGrpc(defaultPort: 9998);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.UseServiceDefaults();
        _app.MapGet("/protocol", static (HttpContext context) => $"{context.Request.Scheme} {context.Request.Protocol}").AllowAnonymous();
        _app.MapPost("/length", static async (HttpContext context) =>
        {
            var length = 0L;
            var chunk = new byte[8192];
            int read;
            while ((read = await context.Request.Body.ReadAsync(chunk)) > 0)
            {
                length += read;
            }

            return length;
        }).AllowAnonymous();
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app!.DisposeAsync();
    }

    [Fact]
    public async Task HttpPort_TakesBothVersions()
    {
        Assert.Equal("http HTTP/1.1", await AskAsync(_port, HttpVersion.Version11));
        Assert.Equal("http HTTP/2", await AskAsync(_port, HttpVersion.Version20));
    }

    [Fact]
    public async Task GrpcPort_TakesHttp2Only()
    {
        Assert.Equal("http HTTP/2", await AskAsync(_grpcPort, HttpVersion.Version20));
        Assert.Contains("HTTP/2 only endpoint", await AskAsync(_grpcPort, HttpVersion.Version11), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HttpPort_ManyRequestsOfBothVersionsAtOnce_AllAnswered()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_port}/length")
            {
                Version = i % 2 == 0 ? HttpVersion.Version11 : HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(new byte[i * 500]),
            };
            using var response = await _client.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        })).WithinAsync();

        Assert.Equal(Enumerable.Range(0, 200).Select(static i => $"{i * 500}"), answers);
    }

    [Theory]
    [InlineData("P", "OST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", "200")]
    [InlineData("PRI * HTTP/2", "", null)]
    [InlineData("PRI * HTTP/1.1\r\nHost: x\r\n\r\n", "", "4")]
    [InlineData("", "", null)]
    public async Task HttpPort_BytesInPieces_AreReadAsWhatTheyBecome(string first, string rest, string? status)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        client.NoDelay = true;
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(first));
        await stream.FlushAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(rest));
        using var reader = new StreamReader(stream);
        if (status is null)
        {
            client.Client.Shutdown(SocketShutdown.Send);
            await ExpectNoAnswerAsync(reader);
            return;
        }

        Assert.StartsWith($"HTTP/1.1 {status}", await reader.ReadLineAsync().WithinAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WithOpenHttp2Connections_EndsSoon()
    {
        await AskAsync(_port, HttpVersion.Version20);
        await AskAsync(_grpcPort, HttpVersion.Version20);

        await _app!.StopAsync().WithinAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(_port, HttpVersion.Version20));
    }

    [Fact]
    public async Task DefaultGrpcPort_ThatIsTaken_IsLeftOut()
    {
        var port = FreePorts.Take();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["APP_PORT"] = $"{port}", ["DAPR_HTTP_PORT"] = "1" });
        builder.AddServiceDefaults("test", defaultPort: 9999);
        builder.AddServiceGrpc(defaultPort: _grpcPort);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.UseServiceDefaults();
        app.MapGet("/protocol", static (HttpContext context) => $"{context.Request.Scheme} {context.Request.Protocol}").AllowAnonymous();
        await app.StartAsync();

        Assert.Equal("http HTTP/2", await AskAsync(port, HttpVersion.Version20));
    }

    [Fact]
    public async Task ChosenGrpcPort_ThatIsTaken_StopsTheStart()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["APP_PORT"] = $"{FreePorts.Take()}",
            ["GRPC_PORT"] = $"{_grpcPort}",
            ["DAPR_HTTP_PORT"] = "1",
        });
        builder.AddServiceDefaults("test", defaultPort: 9999);
        builder.AddServiceGrpc(defaultPort: 9998);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();

        await Assert.ThrowsAsync<IOException>(() => app.StartAsync());
    }

    private static async Task ExpectNoAnswerAsync(StreamReader reader)
    {
        try
        {
            Assert.DoesNotContain("200", await reader.ReadToEndAsync().WithinAsync(), StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // Reset, because what was sent is left unread: no answer either.
        }
    }

    private async Task<string> AskAsync(int port, Version version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/protocol")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await _client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
