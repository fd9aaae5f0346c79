using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Tandem.Grpc.Tests.Protos;
using Tandem.Grpc.Tests.Support;
using Tandem.Testing;

namespace Tandem.Grpc.Tests.Server;

/// <summary>Requests that no client should send: each gets its status, and the next call works.</summary>
public sealed class MalformedRequestTests : IAsyncLifetime
{
    private const string Echo = "/tandem.tests.Probe/Echo";
    private static readonly byte[] Good = Wire.Message(new Ping { Text = "hello" });
    private ProbeServer _server = null!;

    public static TheoryData<string, byte[], StatusCode> Bodies => new()
    {
        { "a length that is longer than what comes", Wire.Message(new byte[10], length: 100), StatusCode.Internal },
        { "a length that is shorter than what comes", Wire.Message(new Ping { Text = "hello" }.ToByteArray(), length: 0), StatusCode.Internal },
        { "a header that is cut off", [0, 0, 0], StatusCode.Internal },
        { "two messages where there is one", [.. Good, .. Good], StatusCode.Internal },
        { "something after the message", [.. Good, 0], StatusCode.Internal },
        { "no message", [], StatusCode.Internal },
        { "compressed by nothing", Wire.Message(Wire.Gzip([]), flags: 1), StatusCode.Internal },
        { "flags of no version", Wire.Message([], flags: 2), StatusCode.Internal },
        { "all flags", Wire.Message([], flags: 255), StatusCode.Internal },
        { "a message of 4 GB", Wire.Message([], length: uint.MaxValue), StatusCode.ResourceExhausted },
        { "a message of 2 GB", Wire.Message([], length: int.MaxValue), StatusCode.ResourceExhausted },
        { "a message a byte too large", Wire.Message([], length: (4 << 20) + 1), StatusCode.ResourceExhausted },
        { "a tag without a field", Wire.Message([0x07]), StatusCode.Internal },
        { "a field that is cut off", Wire.Message([0x0a, 0x7f, 1]), StatusCode.Internal },
        { "a varint without end", Wire.Message([0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), StatusCode.Internal },
        { "text that is not UTF-8", Wire.Message([0x1a, 0x02, 0xc3, 0x28]), StatusCode.OK },
    };

    public static TheoryData<string, byte[], StatusCode> CompressedBodies => new()
    {
        { "gzip", Wire.Message(Wire.Gzip(new Ping { Text = "hello" }.ToByteArray()), flags: 1), StatusCode.OK },
        { "gzip", Good, StatusCode.OK },
        { "gzip", Wire.Message([], flags: 1), StatusCode.OK },
        { "gzip", Wire.Message([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], flags: 1), StatusCode.Internal },
        { "gzip", Wire.Message(Wire.Gzip(new byte[1000])[..20], flags: 1), StatusCode.Internal },
        { "gzip", Wire.Message(Wire.Bomb(100 << 20), flags: 1), StatusCode.ResourceExhausted },
        { "deflate", Wire.Message([1, 2, 3, 4, 5, 6, 7, 8], flags: 1), StatusCode.Internal },
        { "identity", Wire.Message(Wire.Gzip([]), flags: 1), StatusCode.Internal },
        { "brotli", Wire.Message([1], flags: 1), StatusCode.Unimplemented },
        { "brotli", Good, StatusCode.OK },
    };

    public async Task InitializeAsync() => _server = await ProbeServer.StartAsync();

    public async Task DisposeAsync()
    {
        using (var channel = GrpcChannel.ForAddress(_server.Address))
        {
            Assert.Equal("next", (await new Probe.ProbeClient(channel).EchoAsync(new Ping { Text = "next" })).Text);
        }

        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_Malformed_HasItsStatus(string what, byte[] body, StatusCode expected)
    {
        var answer = await RawCall.PostAsync(_server, Echo, body);
        Assert.Equal((what, HttpStatusCode.OK, expected), (what, answer.HttpStatus, answer.Status));
        Assert.True(expected == StatusCode.OK || answer.Message.Length > 0);
    }

    [Theory]
    [MemberData(nameof(CompressedBodies))]
    public async Task Body_Compressed_HasItsStatus(string encoding, byte[] body, StatusCode expected)
    {
        var answer = await RawCall.PostAsync(_server, Echo, body, request => request.Headers.TryAddWithoutValidation("grpc-encoding", encoding));
        Assert.Equal((HttpStatusCode.OK, expected), (answer.HttpStatus, answer.Status));
    }

    [Fact]
    public async Task Encoding_Unknown_SaysWhatIsKnown()
    {
        var answer = await RawCall.PostAsync(_server, Echo, Wire.Message([1], flags: 1), static request => request.Headers.TryAddWithoutValidation("grpc-encoding", "brotli"));
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Contains("gzip", string.Join(',', answer.Headers.GetValues("grpc-accept-encoding")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_BrokenAfterGoodMessages_HasItsStatus()
    {
        var answer = await RawCall.PostAsync(_server, "/tandem.tests.Probe/Sum", [.. Good, .. Good, 0, 0]);
        Assert.Equal(StatusCode.Internal, answer.Status);
        answer = await RawCall.PostAsync(_server, "/tandem.tests.Probe/Chat", [.. Good, .. Wire.Message([], length: 5 << 20)]);
        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpcx")]
    [InlineData("")]
    public async Task ContentType_Other_IsNotSupported(string contentType)
    {
        var answer = await RawCall.PostAsync(_server, Echo, Good, request =>
        {
            request.Content!.Headers.Remove("content-type");
            if (contentType.Length > 0)
            {
                request.Content.Headers.TryAddWithoutValidation("content-type", contentType);
            }
        });
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.HttpStatus);
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    [InlineData("APPLICATION/GRPC")]
    public async Task ContentType_OfItsForms_IsTaken(string contentType)
    {
        var answer = await RawCall.PostAsync(_server, Echo, Good, request =>
        {
            request.Content!.Headers.Remove("content-type");
            request.Content.Headers.TryAddWithoutValidation("content-type", contentType);
        });
        Assert.Equal(StatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Method_NotPost_IsNotAllowed(string method)
    {
        var answer = await RawCall.PostAsync(_server, Echo, Good, request => request.Method = new HttpMethod(method));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.HttpStatus);
    }

    [Fact]
    public async Task Te_Missing_IsTaken()
        => Assert.Equal(StatusCode.OK, (await RawCall.PostAsync(_server, Echo, Good, static request => request.Headers.Remove("te"))).Status);

    [Theory]
    [InlineData("/tandem.tests.Probe/Nothing")]
    [InlineData("/no.Service/Echo")]
    [InlineData("/tandem.tests.probe/Echo%20")]
    public async Task Path_Unknown_IsUnimplemented(string path)
    {
        var answer = await RawCall.PostAsync(_server, path, Good);
        Assert.Equal((HttpStatusCode.OK, StatusCode.Unimplemented), (answer.HttpStatus, answer.Status));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/Echo")]
    [InlineData("/a/b/c")]
    public async Task Path_OfNoMethod_IsNotFound(string path)
        => Assert.Equal(HttpStatusCode.NotFound, (await RawCall.PostAsync(_server, path, Good)).HttpStatus);

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1X")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("123456789S")]
    [InlineData("99999999999999999999H")]
    [InlineData("abc")]
    public async Task Timeout_Malformed_IsInternal(string timeout)
    {
        var answer = await RawCall.PostAsync(_server, Echo, Good, request => request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));
        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Theory]
    [InlineData("99999999H")]
    [InlineData("1H")]
    [InlineData("10M")]
    [InlineData("99999999S")]
    [InlineData("10000m")]
    [InlineData("99999999u")]
    public async Task Timeout_OfItsForms_IsTaken(string timeout)
        => Assert.Equal(StatusCode.OK, (await RawCall.PostAsync(_server, Echo, Good, request => request.Headers.TryAddWithoutValidation("grpc-timeout", timeout))).Status);

    [Theory]
    [InlineData("50m")]
    [InlineData("0S")]
    [InlineData("1n")]
    public async Task Timeout_Passed_EndsTheCallWithoutTheClient(string timeout)
    {
        ProbeService.Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = await RawCall.PostAsync(_server, "/tandem.tests.Probe/Hold", Good, request => request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));
        Assert.Equal((HttpStatusCode.OK, StatusCode.DeadlineExceeded), (answer.HttpStatus, answer.Status));
    }

    [Theory]
    [InlineData("x-data-bin", "***")]
    [InlineData("x-data-bin", "A")]
    [InlineData("x-data-bin", "AAAA,!")]
    public async Task BinaryHeader_NotBase64_IsInternal(string name, string value)
        => Assert.Equal(StatusCode.Internal, (await RawCall.PostAsync(_server, Echo, Good, request => request.Headers.TryAddWithoutValidation(name, value))).Status);

    [Theory]
    [InlineData(1, 60_000)]
    [InlineData(1, 1_000_000)]
    [InlineData(500, 10)]
    public async Task Headers_Huge_AreRefused(int count, int size)
    {
        using var client = RawCall.CreateClient();
        try
        {
            var answer = await RawCall.SendAsync(client, RawCall.Create(_server, Echo, new ByteArrayContent(Good), request =>
            {
                for (var i = 0; i < count; i++)
                {
                    request.Headers.TryAddWithoutValidation($"x-{i}", new string('a', size));
                }
            }));
            Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, answer.HttpStatus);
        }
        catch (HttpRequestException)
        {
            // Too large to be answered: Kestrel ends the connection.
        }
    }

    [Fact]
    public async Task Method_ThatThrows_IsUnknownAndTellsNothing()
    {
        _server.ExpectsErrors = true;
        var answer = await RawCall.PostAsync(_server, "/tandem.tests.Probe/Fail", Wire.Message(new Ping { Text = "unknown" }));
        Assert.Equal(StatusCode.Unknown, answer.Status);
        Assert.DoesNotContain("secret", answer.Message, StringComparison.Ordinal);
        Assert.Single(_server.Errors);
    }

    [Fact]
    public async Task Body_BrokenOffByTheClient_CancelsTheMethod()
    {
        ProbeService.Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ProbeService.Holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = ProbeService.Held;
        var holding = ProbeService.Holding;
        using var client = RawCall.CreateClient();
        using var source = new CancellationTokenSource();
        var call = client.SendAsync(RawCall.Create(_server, "/tandem.tests.Probe/Hold", new ByteArrayContent(Good)), source.Token);
        var half = client.SendAsync(RawCall.Create(_server, "/tandem.tests.Probe/Sum", new BrokenContent()), CancellationToken.None);
        try
        {
            using var answer = await half.WithinAsync();
        }
        catch (HttpRequestException)
        {
            // Which of the two is first, the end of the body or the answer to it, is open.
        }

        await holding.Task.WithinAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call).WithinAsync();
        await held.Task.WithinAsync();
    }

    // Half a message, and no more.
    private sealed class BrokenContent : HttpContent
    {
        public BrokenContent() => Headers.TryAddWithoutValidation("content-type", "application/grpc");

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Wire.Message(new byte[10], length: 1000));
            await stream.FlushAsync();
            throw new IOException("broken off");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
