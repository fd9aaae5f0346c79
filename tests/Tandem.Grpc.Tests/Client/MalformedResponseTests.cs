using Grpc.Core;
using Grpc.Net.Client;
using Tandem.Grpc.Tests.Protos;
using Tandem.Grpc.Tests.Support;
using Tandem.Testing;

namespace Tandem.Grpc.Tests.Client;

/// <summary>Answers that no server should give: each becomes its status.</summary>
public sealed class MalformedResponseTests
{
    private static readonly byte[] Good = Wire.Message(new Ping { Text = "hello" });
    private static readonly Func<int, byte[]> Ok = Answer.Trailers(("grpc-status", "0"));

    private static readonly Dictionary<string, (StatusCode Expected, Func<int, byte[]>[] Frames)> Cases = new()
    {
        ["a good answer"] = (StatusCode.OK, [Answer.Head(), Answer.Body(Good), Ok]),
        ["no trailers"] = (StatusCode.Unknown, [Answer.Head(), Answer.LastBody(Good)]),
        ["trailers without a status"] = (StatusCode.Unknown, [Answer.Head(), Answer.Body(Good), Answer.Trailers(("x", "y"))]),
        ["headers and nothing else"] = (StatusCode.Unknown, [Answer.Http(200, "application/grpc", isEnd: true)]),
        ["a status that is no number"] = (StatusCode.Unknown, [Answer.Head(), Answer.Body(Good), Answer.Trailers(("grpc-status", "fine"))]),
        ["a negative status"] = (StatusCode.Unknown, [Answer.Head(), Answer.Body(Good), Answer.Trailers(("grpc-status", "-1"))]),
        ["an empty status"] = (StatusCode.Unknown, [Answer.Head(), Answer.Body(Good), Answer.Trailers(("grpc-status", ""))]),
        ["a huge status"] = (StatusCode.Unknown, [Answer.Head(), Answer.Body(Good), Answer.Trailers(("grpc-status", "99999999999999999999"))]),
        ["OK without a message"] = (StatusCode.Internal, [Answer.Head(), Ok]),
        ["trailers only, OK"] = (StatusCode.Internal, [Answer.Trailers((":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "0"))]),
        ["trailers only, an error"] = (StatusCode.NotFound, [Answer.Trailers((":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "5"))]),
        ["two messages"] = (StatusCode.Internal, [Answer.Head(), Answer.Body([.. Good, .. Good]), Ok]),
        ["half a message"] = (StatusCode.Internal, [Answer.Head(), Answer.Body(Good[..^1]), Ok]),
        ["half a header"] = (StatusCode.Internal, [Answer.Head(), Answer.Body(0, 0), Ok]),
        ["a message too large"] = (StatusCode.ResourceExhausted, [Answer.Head(), Answer.Body(Wire.Message([], length: 5 << 20)), Ok]),
        ["a message of 4 GB"] = (StatusCode.ResourceExhausted, [Answer.Head(), Answer.Body(Wire.Message([], length: uint.MaxValue)), Ok]),
        ["flags of no version"] = (StatusCode.Internal, [Answer.Head(), Answer.Body(Wire.Message([], flags: 3)), Ok]),
        ["no protobuf"] = (StatusCode.Internal, [Answer.Head(), Answer.Body(Wire.Message([7])), Ok]),
        ["compressed by nothing"] = (StatusCode.Internal, [Answer.Head(), Answer.Body(Wire.Message([1], flags: 1)), Ok]),
        ["compressed by something unknown"] = (StatusCode.Internal, [Answer.Head(("grpc-encoding", "brotli")), Answer.Body(Wire.Message([1], flags: 1)), Ok]),
        ["compressed"] = (StatusCode.OK, [Answer.Head(("grpc-encoding", "gzip")), Answer.Body(Wire.Message(Wire.Gzip([0x10, 1]), flags: 1)), Ok]),
        ["no gzip"] = (StatusCode.Internal, [Answer.Head(("grpc-encoding", "gzip")), Answer.Body(Wire.Message([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], flags: 1)), Ok]),
        ["an error beats a broken message"] = (StatusCode.Aborted, [Answer.Head(), Answer.Trailers(("grpc-status", "10"))]),
        ["200 with HTML"] = (StatusCode.Unknown, [Answer.Http(200, "text/html"), Answer.LastBody([.. "<html>"u8])]),
        ["an HTTP error with a gRPC status"] = (StatusCode.DataLoss, [Answer.Trailers((":status", "503"), ("content-type", "application/grpc"), ("grpc-status", "15"))]),
        ["GOAWAY: calm down"] = (StatusCode.ResourceExhausted, [Answer.GoAway(0, 11), Answer.Reset(7)]),
        ["a frame for no stream"] = (StatusCode.Internal, [Answer.Raw(Frames.Frame(Frames.Data, 0, 0, 1))]),
        ["headers that cannot be read"] = (StatusCode.Internal, [stream => Frames.Frame(Frames.Headers, Frames.EndHeaders, stream, 0xff, 0xff, 0xff, 0xff, 0xff)]),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task Answer_Malformed_HasItsStatus(string name)
    {
        var (expected, frames) = Cases[name];
        await using var server = FakeServer.Answering(frames);
        // A broken connection may be told as either: the call cannot know more.
        var status = await CallAsync(server);
        Assert.True(status == expected || (name.StartsWith("a frame", StringComparison.Ordinal) || name.StartsWith("headers that", StringComparison.Ordinal)) && status is StatusCode.Unavailable, $"{name}: {status}");
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(302, StatusCode.Unknown)]
    [InlineData(418, StatusCode.Unknown)]
    [InlineData(500, StatusCode.Unknown)]
    public async Task Answer_OfHttp_IsMapped(int status, StatusCode expected)
    {
        await using var server = FakeServer.Answering(Answer.Http(status, "text/html"), Answer.LastBody([.. "<h1>no</h1>"u8]));
        Assert.Equal(expected, await CallAsync(server));
    }

    [Theory]
    [InlineData(0, StatusCode.Internal)]
    [InlineData(1, StatusCode.Internal)]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(3, StatusCode.Internal)]
    [InlineData(6, StatusCode.Internal)]
    [InlineData(7, StatusCode.Unavailable)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task Reset_ByTheServer_IsMapped(int code, StatusCode expected)
    {
        await using var atOnce = FakeServer.Answering(Answer.Reset(code));
        Assert.Equal(expected, await CallAsync(atOnce));
        await using var afterHeaders = FakeServer.Answering(Answer.Head(), Answer.Reset(code));
        Assert.Equal(expected, await CallAsync(afterHeaders));
        await using var afterMessage = FakeServer.Answering(Answer.Head(), Answer.Body(Good), Answer.Reset(code));
        Assert.Equal(expected, await CallAsync(afterMessage));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task Connection_Closed_IsUnavailable(int frames, bool abruptly)
    {
        Func<int, byte[]>[] all = [Answer.Head(), Answer.Body(Good[..3])];
        await using var server = new FakeServer(async call =>
        {
            foreach (var frame in all[..frames])
            {
                await call.WriteAsync(frame(call.Stream));
            }

            call.Close(abruptly);
        });
        Assert.Equal(StatusCode.Unavailable, await CallAsync(server));
    }

    [Fact]
    public async Task Stream_BrokenAfterMessages_GivesThemFirst()
    {
        await using var server = FakeServer.Answering(Answer.Head(), Answer.Body([.. Good, .. Good]), Answer.Trailers(("grpc-status", "8"), ("grpc-message", "%e2%98%83 100%zz%")));
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new Probe.ProbeClient(channel).Expand(new Ping());
        Assert.True(await call.ResponseStream.MoveNext(default).WithinAsync());
        Assert.True(await call.ResponseStream.MoveNext(default).WithinAsync());
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default)).WithinAsync();
        Assert.Equal((StatusCode.ResourceExhausted, "☃ 100%zz%"), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Bomb_InAnAnswer_IsBounded()
    {
        // As large as goes into the window that a client opens.
        var bomb = Wire.Message(Wire.Bomb(40 << 20), flags: 1);
        await using var server = new FakeServer(async call =>
        {
            await call.WriteAsync(Answer.Head(("grpc-encoding", "gzip"))(call.Stream));
            foreach (var part in bomb.Chunk(16 << 10))
            {
                await call.WriteAsync(Answer.Body(part)(call.Stream));
            }

            await call.WriteAsync(Ok(call.Stream));
        });
        Assert.Equal(StatusCode.ResourceExhausted, await CallAsync(server));
    }

    [Fact]
    public async Task Headers_Huge_EndTheCall()
    {
        await using var server = FakeServer.Answering(stream => Frames.Frame(Frames.Headers, 0, stream, Frames.Block((":status", "200"), ("x", new string('a', 16000)))),
            Continued, Continued, Continued, Continued, Continued);
        Assert.NotEqual(StatusCode.OK, await CallAsync(server));

        static byte[] Continued(int stream) => Frames.Frame(Frames.Continuation, 0, stream, Frames.Block(("x", new string('a', 16000))));
    }

    [Fact]
    public async Task Server_Silent_EndsAtTheDeadline()
    {
        await using var server = FakeServer.Answering();
        using var channel = GrpcChannel.ForAddress(server.Address);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Probe.ProbeClient(channel).EchoAsync(new Ping(), deadline: DateTime.UtcNow.AddMilliseconds(100))).WithinAsync();
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    // The call's end; on the way out the channel is looked at as well: it is not to hang.
    private static async Task<StatusCode> CallAsync(FakeServer server)
    {
        using var channel = GrpcChannel.ForAddress(server.Address);
        try
        {
            await new Probe.ProbeClient(channel).EchoAsync(new Ping { Text = "hello" }, deadline: DateTime.UtcNow.AddSeconds(20)).ResponseAsync.WithinAsync();
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
