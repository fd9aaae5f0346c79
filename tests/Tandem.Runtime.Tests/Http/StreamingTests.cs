using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Tests.Support;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Http;

/// <summary>What one side writes reaches the other while the writer waits: through one sidecar, and through two.</summary>
public sealed class StreamingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_ServerSentEvents_ArriveOneByOneWhileTheAppWaits(bool apart)
    {
        var steps = new SemaphoreSlim(0);
        await using var app = await TestApp.StartAsync(async http =>
        {
            if (http.Request.Path != "/events")
            {
                return;
            }

            http.Response.ContentType = "text/event-stream";
            await http.Response.Body.FlushAsync();
            for (var i = 0; i < 3; i++)
            {
                Assert.True(await steps.WaitAsync(Patience));
                await http.Response.WriteAsync($"data: {i}\n\n");
                await http.Response.Body.FlushAsync();
            }
        });
        await using var pair = await SidecarPair.StartAsync(app, apart);
        using var client = new HttpClient();

        // The head arrives before the first event is written.
        using var answer = await client.GetAsync(pair.Url("events"), HttpCompletionOption.ResponseHeadersRead).WithinAsync();
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync().WithinAsync());
        for (var i = 0; i < 3; i++)
        {
            steps.Release();
            Assert.Equal($"data: {i}", await reader.ReadLineAsync().WithinAsync());
            Assert.Equal("", await reader.ReadLineAsync().WithinAsync());
        }

        Assert.Null(await reader.ReadLineAsync().WithinAsync());
    }

    [Theory]
    [InlineData(false, 300_000)]
    [InlineData(false, 1_048_588)]
    [InlineData(true, 300_000)]
    [InlineData(true, 1_048_588)]
    public async Task Answer_LargerThanBuffersAndWithLength_ArrivesWhole(bool apart, int length)
    {
        await using var app = await TestApp.StartAsync(async http =>
        {
            http.Response.ContentLength = length;
            await http.Response.Body.WriteAsync(new byte[length]);
        });
        await using var pair = await SidecarPair.StartAsync(app, apart);
        using var client = new HttpClient();

        Assert.Equal(length, (await client.GetByteArrayAsync(pair.Url("much")).WithinAsync()).Length);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Request_BodyInPieces_ArrivesWhileTheCallerWaits(bool apart, bool withLength)
    {
        var received = Channel.CreateUnbounded<string>();
        await using var app = await TestApp.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            while (await reader.ReadLineAsync() is { } line)
            {
                received.Writer.TryWrite(line);
            }
        });
        await using var pair = await SidecarPair.StartAsync(app, apart);
        using var client = new HttpClient();
        var lines = Channel.CreateUnbounded<string>();
        using var content = new LinesContent(lines.Reader);
        content.Headers.ContentLength = withLength ? 3 * "line 0\n".Length : null;
        using var request = new HttpRequestMessage(HttpMethod.Post, pair.Url("lines")) { Content = content };
        request.Headers.TransferEncodingChunked = !withLength;

        var sending = client.SendAsync(request);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(lines.Writer.TryWrite($"line {i}\n"));
            Assert.Equal($"line {i}", await received.Reader.ReadAsync().AsTask().WithinAsync());
        }

        lines.Writer.Complete();
        using var answer = await sending.WithinAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Request_CallerGoesAway_EndsTheCallToTheApp()
    {
        var began = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(async http =>
        {
            if (http.Request.Path != "/wait")
            {
                return;
            }

            began.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.TrySetResult();
        });
        await using var pair = await SidecarPair.StartAsync(app, apart: true);
        using var client = new HttpClient();
        using var cancellation = new CancellationTokenSource();

        var sending = client.GetAsync(pair.Url("wait"), cancellation.Token);
        await began.Task.WithinAsync();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await ended.Task.WithinAsync();
    }

    [Fact]
    public async Task Answer_AppBreaksOff_DoesNotLookWhole()
    {
        await using var app = await TestApp.StartAsync(static async http =>
        {
            await http.Response.WriteAsync("half");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        await using var pair = await SidecarPair.StartAsync(app, apart: true);
        using var client = new HttpClient();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(pair.Url("half")).WithinAsync());
    }

    [Fact]
    public async Task Request_Expect100_IsAskedForItsBodyThatArrivesWithoutTheHeader()
    {
        await using var app = await TestApp.StartAsync(static async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            await http.Response.WriteAsync($"{await reader.ReadToEndAsync()} {http.Request.Headers.Expect.Count}");
        });
        await using var pair = await SidecarPair.StartAsync(app, apart: false);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, pair.Port).WithinAsync();
        await socket.SendAsync("POST /v1.0/invoke/callee/method/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"u8.ToArray()).WithinAsync();
        var buffer = new byte[64];
        var length = await socket.ReceiveAsync(buffer).WithinAsync();
        Assert.StartsWith("HTTP/1.1 100 Continue", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);

        await socket.SendAsync("body"u8.ToArray()).WithinAsync();

        Assert.Equal("body 0", (await RawHttp.ReadAsync(socket, default).WithinAsync()).Body);
    }

    /// <summary>Sends each line by itself.</summary>
    private sealed class LinesContent(ChannelReader<string> lines) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await foreach (var line in lines.ReadAllAsync())
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(line));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
