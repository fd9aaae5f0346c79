using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Grpc;

/// <summary>Calls of a service that the sidecars know nothing of: through one process, and through two.</summary>
public sealed class ProxyTests
{
    private readonly EchoService _service = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_MetadataAndTrailers_PassBothWays(bool apart)
    {
        Metadata? seen = null;
        _service.OnUnary = async (text, context) =>
        {
            seen = context.RequestHeaders;
            await context.WriteResponseHeadersAsync([new("x-head", "h"), new("x-head-bin", new byte[] { 1, 2 })]);
            context.ResponseTrailers.Add("x-trailer", "t");
            return text + "!";
        };
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart, callee: static options => options with { AppToken = "for the app" });

        using var call = pair.Unary("hi", ("x-tag", "kept"), ("dapr-api-token", "mine"), ("dapr-caller-app-id", "somebody"));

        Assert.Equal("hi!", await call.ResponseAsync.WithinAsync());
        var head = await call.ResponseHeadersAsync;
        Assert.Equal(("h", "t"), (head.GetValue("x-head"), call.GetTrailers().GetValue("x-trailer")));
        Assert.Equal([1, 2], head.GetValueBytes("x-head-bin"));
        Assert.Equal("kept", seen!.GetValue("x-tag"));
        Assert.Equal(["for the app"], seen.GetAll("dapr-api-token").Select(static entry => entry.Value));
        Assert.Equal(["caller"], seen.GetAll("dapr-caller-app-id").Select(static entry => entry.Value));
        Assert.Equal("callee", seen.GetValue("dapr-callee-app-id"));
        Assert.DoesNotContain(seen, static entry => entry.Key.StartsWith("tandem-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_AppRefuses_StatusAndDetailsPassUnchanged(bool apart)
    {
        _service.OnUnary = static (_, _) => throw new Google.Rpc.Status
        {
            Code = (int)StatusCode.FailedPrecondition,
            Message = "nicht heute: 50 % für Gäste",
            Details = { Any.Pack(new Google.Rpc.ErrorInfo { Reason = "CLOSED" }) },
        }.ToRpcException();
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart);

        var status = await pair.Unary("hi").FailsAsync(StatusCode.FailedPrecondition);

        Assert.Equal(("nicht heute: 50 % für Gäste", "CLOSED"), (status.Message, status.Reason()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServerStream_AppWaits_MessagesArriveOneByOne(bool apart)
    {
        var steps = new SemaphoreSlim(0);
        _service.OnServer = async (_, responses, context) =>
        {
            await context.WriteResponseHeadersAsync([new("x-head", "h")]);
            for (var i = 0; i < 3; i++)
            {
                await steps.WaitAsync(context.CancellationToken);
                await responses.WriteAsync($"{i}");
            }

            throw new RpcException(new Status(StatusCode.DataLoss, "that is all"));
        };
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart);

        using var call = pair.Invoker.AsyncServerStreamingCall(EchoService.Server, null, GrpcPair.ToCallee(), "");
        Assert.Equal("h", (await call.ResponseHeadersAsync.WithinAsync()).GetValue("x-head"));
        for (var i = 0; i < 3; i++)
        {
            steps.Release();
            Assert.Equal($"{i}", await call.ResponseStream.NextAsync());
        }

        Assert.Equal("that is all", (await call.ResponseStream.MoveNext(default).FailsAsync(StatusCode.DataLoss)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientStream_AllMessages_Arrive(bool apart)
    {
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart);

        using var call = pair.Invoker.AsyncClientStreamingCall(EchoService.Client, null, GrpcPair.ToCallee());
        foreach (var text in (string[])["a", "", "c"])
        {
            await call.RequestStream.WriteAsync(text).WithinAsync();
        }

        await call.RequestStream.CompleteAsync().WithinAsync();
        Assert.Equal("a++c", await call.ResponseAsync.WithinAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Duplex_EachMessageIsAnswered_BeforeTheNextIsSent(bool apart)
    {
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart);

        using var call = pair.Invoker.AsyncDuplexStreamingCall(EchoService.Duplex, null, GrpcPair.ToCallee());
        for (var i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync($"{i}").WithinAsync();
            Assert.Equal($"{i}!", await call.ResponseStream.NextAsync());
        }

        await call.RequestStream.CompleteAsync().WithinAsync();
        Assert.False(await call.ResponseStream.MoveNext(default).WithinAsync());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Duplex_ManyAtOnce_NoneIsLostOrMixedUp(bool apart)
    {
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart);
        var payload = new string('x', 10_000);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async stream =>
        {
            using var call = pair.Invoker.AsyncDuplexStreamingCall(EchoService.Duplex, null, GrpcPair.ToCallee());
            var writing = Task.Run(async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await call.RequestStream.WriteAsync($"{stream} {i} {payload}");
                }

                await call.RequestStream.CompleteAsync();
            });
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal($"{stream} {i} {payload}!", await call.ResponseStream.NextAsync());
            }

            await writing;
        })).WithinAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_GivesUp_TheAppHearsOfIt(bool apart)
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        _service.OnDuplex = async (_, _, context) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
        };
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart);

        using (pair.Invoker.AsyncDuplexStreamingCall(EchoService.Duplex, null, GrpcPair.ToCallee()))
        {
            await begun.Task.WithinAsync("the call arrives");
            Assert.False(ended.Task.IsCompleted);
        }

        await ended.Task.WithinAsync("the call is cancelled");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task App_EndsBeforeTheCallerDoes_TheCallIsOver(bool apart)
    {
        _service.OnClient = static (_, _) => throw new RpcException(new Status(StatusCode.OutOfRange, "enough"));
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart);

        for (var i = 0; i < 5; i++)
        {
            using var call = pair.Invoker.AsyncClientStreamingCall(EchoService.Client, null, GrpcPair.ToCallee());
            var writing = Task.Run(async () =>
            {
                while (true)
                {
                    await call.RequestStream.WriteAsync(new string('x', 100_000));
                }
            });
            Assert.Equal("enough", (await call.ResponseAsync.FailsAsync(StatusCode.OutOfRange)).Message);
            await Assert.ThrowsAnyAsync<Exception>(() => writing.WithinAsync());
        }

        using var next = pair.Unary("still there");
        Assert.Equal("still there!", await next.ResponseAsync.WithinAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task App_ThatBreaksOff_IsAnErrorOfTheCall(bool apart)
    {
        await using var app = await EchoService.StartAppAsync(static http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        await using var pair = await GrpcPair.StartAsync(app, apart);

        var exception = await Assert.ThrowsAsync<RpcException>(() => pair.Unary("hi").ResponseAsync.WithinAsync());

        Assert.True(exception.StatusCode is StatusCode.Internal or StatusCode.Unavailable or StatusCode.Cancelled, $"{exception.Status}");
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("")]
    public async Task Call_OfAnAppThatIsNotThere_IsUnknown(string appId)
    {
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart: false);

        using var call = pair.Invoker.AsyncUnaryCall(EchoService.Unary, null, appId.Length == 0 ? default : GrpcPair.To(appId), "hi");

        await call.FailsAsync(StatusCode.Unknown);
    }

    [Fact]
    public async Task Call_WithTheNamespace_FindsTheApp()
    {
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart: false);

        using var call = pair.Invoker.AsyncUnaryCall(EchoService.Unary, null, GrpcPair.To($"callee.{pair.Sidecars.Callee.Options.Namespace}"), "hi");

        Assert.Equal("hi!", await call.ResponseAsync.WithinAsync());
    }

    [Fact]
    public async Task Call_OfAMethodThatTheAppDoesNotHave_IsUnimplemented()
    {
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart: false);
        var missing = new Method<string, string>(MethodType.Unary, EchoService.Name, "Missing", EchoService.Unary.RequestMarshaller, EchoService.Unary.ResponseMarshaller);

        using var call = pair.Invoker.AsyncUnaryCall(missing, null, GrpcPair.ToCallee(), "hi");

        await call.FailsAsync(StatusCode.Unimplemented);
    }

    [Fact]
    public async Task Deadline_AppThatDoesNotKeepToIt_TheSidecarDoes()
    {
        var hangs = new TaskCompletionSource();
        await using var app = await EchoService.StartAppAsync(_ => hangs.Task);
        await using var pair = await GrpcPair.StartAsync(app, apart: false);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(pair.Address, "/test.Echo/Unary"))
        {
            Version = new(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc") } },
        };
        request.Headers.Add("grpc-timeout", "200m");
        request.Headers.Add("dapr-app-id", "callee");

        using var answer = await http.SendAsync(request).WithinAsync();

        Assert.Equal(["4"], answer.Headers.GetValues("grpc-status"));
        hangs.SetResult();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_BeyondTheLimit_AreRefused(bool apart)
    {
        _service.OnUnary = static (text, _) => Task.FromResult(text == "much" ? new string('x', 110_000) : $"{text.Length}");
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart, static options => options with { MaxBodySize = 100_000 });

        Assert.Equal("90000", await pair.Unary(new string('x', 90_000)).ResponseAsync.WithinAsync());
        await pair.Unary(new string('x', 110_000)).FailsAsync(StatusCode.ResourceExhausted);
        await pair.Unary("much").FailsAsync(StatusCode.ResourceExhausted);
        Assert.Equal("2", await pair.Unary("hi").ResponseAsync.WithinAsync());
    }
}
