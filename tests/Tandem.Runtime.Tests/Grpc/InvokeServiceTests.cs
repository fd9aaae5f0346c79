using System.Net;
using System.Text;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Runtime.Tests.Support;
using Tandem.Testing;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;
using DaprApi = Dapr.Client.Autogen.Grpc.v1.Dapr;

namespace Tandem.Runtime.Tests.Grpc;

/// <summary>Service invocation with gRPC at one end or both, through one process and through two.</summary>
public sealed class InvokeServiceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GrpcCaller_HttpApp_IsAnHttpRequest(bool apart)
    {
        string? seen = null;
        HeaderDictionary? headers = null;
        await using var app = await TestApp.StartAsync(async http =>
        {
            if (http.Request.Path == "/echo")
            {
                headers = new HeaderDictionary(http.Request.Headers.ToDictionary());
                using var reader = new StreamReader(http.Request.Body);
                seen = $"{http.Request.Method} {http.Request.QueryString} {http.Request.ContentType} {await reader.ReadToEndAsync()}";
                http.Response.ContentType = "text/plain";
                http.Response.Headers["x-answer"] = "a";
                http.Response.StatusCode = 201;
                await http.Response.WriteAsync("done");
            }
        });
        await using var pair = await SidecarPair.StartAsync(app, apart);
        using var caller = Connect(pair);

        using var call = caller.Client.InvokeServiceAsync(
            Request("echo", "{}", "application/json", verb: HTTPExtension.Types.Verb.Put, query: "a=1"),
            new Metadata { { "x-tag", "kept" }, { "dapr-caller-app-id", "somebody" } });
        var answer = await call.ResponseAsync.WithinAsync();

        Assert.Equal("PUT ?a=1 application/json {}", seen);
        Assert.Equal(("kept", "caller"), (headers!["x-tag"].ToString(), headers["dapr-caller-app-id"].ToString()));
        Assert.Equal(("done", "text/plain"), (answer.Data.Value.ToStringUtf8(), answer.ContentType));
        var head = await call.ResponseHeadersAsync;
        Assert.Equal(("a", "201"), (head.GetValue("x-answer"), head.GetValue("dapr-http-status")));
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(404, StatusCode.NotFound)]
    [InlineData(429, StatusCode.ResourceExhausted)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(503, StatusCode.Unavailable)]
    public async Task GrpcCaller_HttpAppFails_IsTheStatusThatDaprMakesOfIt(int status, StatusCode expected)
    {
        await using var app = await TestApp.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync("what went wrong");
        });
        await using var pair = await SidecarPair.StartAsync(app, apart: false);
        using var caller = Connect(pair);

        var error = (await caller.Client.InvokeServiceAsync(Request("echo", "{}")).FailsAsync(expected)).GetDetail<Google.Rpc.ErrorInfo>();

        Assert.Equal(("dapr.io", $"{status}", "what went wrong"), (error!.Domain, error.Metadata["http.code"], error.Metadata["http.error_message"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GrpcCaller_GrpcApp_AllPassesUnchanged(bool apart)
    {
        await using var app = await new CallbackApp
        {
            Invoked = static async (request, context) =>
            {
                await context.WriteResponseHeadersAsync([new("x-head", "h"), new("x-head-bin", new byte[] { 9 })]);
                context.ResponseTrailers.Add("x-trailer", "t");
                return new InvokeResponse { Data = request.Data, ContentType = "text/x-own" };
            },
        }.StartAsync();
        await using var pair = await GrpcPair.StartAsync(app.App, apart);
        var client = new DaprApi.DaprClient(pair.Channel);
        var request = Request("say", "", "application/x-own", query: "a=1&b=2", verb: HTTPExtension.Types.Verb.Delete);
        request.Message.Data = Any.Pack(new StringValue { Value = "typed" });

        using var call = client.InvokeServiceAsync(request, new Metadata { { "x-tag", "kept" }, { "x-tag-bin", [7, 8] } });
        var answer = await call.ResponseAsync.WithinAsync();

        var (seen, headers) = await app.NextAsync<InvokeRequest>();
        Assert.Equal(("say", "a=1&b=2", HTTPExtension.Types.Verb.Delete), (seen.Method, seen.HttpExtension.Querystring, seen.HttpExtension.Verb));
        Assert.Equal("typed", seen.Data.Unpack<StringValue>().Value);
        Assert.Equal(("kept", "caller", "callee"), (headers.GetValue("x-tag"), headers.GetValue("dapr-caller-app-id"), headers.GetValue("dapr-callee-app-id")));
        Assert.Equal([7, 8], headers.GetValueBytes("x-tag-bin"));
        Assert.Equal("typed", answer.Data.Unpack<StringValue>().Value);
        var head = await call.ResponseHeadersAsync;
        Assert.Equal(("h", "t"), (head.GetValue("x-head"), call.GetTrailers().GetValue("x-trailer")));
        Assert.Equal([9], head.GetValueBytes("x-head-bin"));
        Assert.DoesNotContain(head.Concat(headers), static entry => entry.Key.StartsWith("tandem-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GrpcCaller_GrpcAppFails_StatusMessageDetailsAndTrailersPass(bool apart)
    {
        await using var app = await new CallbackApp
        {
            Invoked = static (_, context) =>
            {
                context.ResponseTrailers.Add("x-trailer", "t");
                throw new Google.Rpc.Status { Code = 9, Message = "geschlossen – 100 %", Details = { Any.Pack(new Google.Rpc.ErrorInfo { Reason = "CLOSED" }) } }.ToRpcException();
            },
        }.StartAsync();
        await using var pair = await GrpcPair.StartAsync(app.App, apart);

        var exception = await Assert.ThrowsAsync<RpcException>(() => new DaprApi.DaprClient(pair.Channel).InvokeServiceAsync(Request("say", "{}")).ResponseAsync.WithinAsync());

        Assert.Equal((StatusCode.FailedPrecondition, "geschlossen – 100 %"), (exception.StatusCode, exception.Status.Detail));
        Assert.Equal("CLOSED", exception.GetRpcStatus()!.Reason());
        Assert.Equal("t", exception.Trailers.GetValue("x-trailer"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HttpCaller_GrpcApp_IsAnInvocation(bool apart)
    {
        await using var app = await new CallbackApp
        {
            Invoked = static async (request, context) =>
            {
                await context.WriteResponseHeadersAsync([new("x-head", "h")]);
                return new InvokeResponse { Data = new Any { Value = Bytes("answer") }, ContentType = "text/plain" };
            },
        }.StartAsync();
        await using var pair = await GrpcPair.StartAsync(app.App, apart, callee: static options => options with { AppToken = "for the app" });
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Patch, pair.Sidecars.Url("say/it?a=1")) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("x-tag", "kept");
        request.Headers.Add("accept", "text/plain");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var answer = await http.SendAsync(request).WithinAsync();

        var (seen, headers) = await app.NextAsync<InvokeRequest>();
        Assert.Equal(("say/it", "a=1", HTTPExtension.Types.Verb.Patch), (seen.Method, seen.HttpExtension.Querystring, seen.HttpExtension.Verb));
        Assert.Equal(("{}", "application/json; charset=utf-8"), (seen.Data.Value.ToStringUtf8(), seen.ContentType));
        Assert.Equal(("kept", "text/plain", "for the app"), (headers.GetValue("x-tag"), headers.GetValue("dapr-accept"), headers.GetValue("dapr-api-token")));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", headers.GetValue("traceparent"));
        Assert.Equal(29, headers.GetValueBytes("grpc-trace-bin")!.Length);
        Assert.Equal((HttpStatusCode.OK, "answer"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(["h"], answer.Headers.GetValues("x-head"));
        Assert.DoesNotContain(answer.Headers, static header => header.Key.StartsWith("tandem-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, 404)]
    [InlineData(StatusCode.Unknown, 500)]
    [InlineData(StatusCode.PermissionDenied, 403)]
    [InlineData(StatusCode.Unimplemented, 501)]
    public async Task HttpCaller_GrpcAppFails_IsTheHttpStatusAndTheStatusInJson(StatusCode status, int expected)
    {
        await using var app = await new CallbackApp { Invoked = (_, _) => throw new RpcException(new Status(status, "on purpose")) }.StartAsync();
        await using var pair = await GrpcPair.StartAsync(app.App, apart: false);
        using var http = new HttpClient();

        using var answer = await http.GetAsync(pair.Sidecars.Url("say")).WithinAsync();

        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Equal($$"""{ "code": {{(int)status}}, "message": "on purpose" }""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task GrpcCaller_UnknownApp_IsInternal()
    {
        await using var app = await new CallbackApp().StartAsync();
        await using var pair = await GrpcPair.StartAsync(app.App, apart: false);
        var request = Request("say", "{}");
        request.Id = "nobody";

        await new DaprApi.DaprClient(pair.Channel).InvokeServiceAsync(request).FailsAsync(StatusCode.Internal);
    }

    [Fact]
    public async Task GrpcCaller_NoAppOrNoMessage_IsInvalid()
    {
        await using var app = await new CallbackApp().StartAsync();
        await using var pair = await GrpcPair.StartAsync(app.App, apart: false);
        var client = new DaprApi.DaprClient(pair.Channel);

        await client.InvokeServiceAsync(new() { Message = new InvokeRequest { Method = "say" } }).FailsAsync(StatusCode.InvalidArgument);
        await client.InvokeServiceAsync(new() { Id = "callee" }).FailsAsync(StatusCode.InvalidArgument);
    }

    private static InvokeServiceRequest Request(
        string method, string body, string contentType = "text/plain", HTTPExtension.Types.Verb verb = HTTPExtension.Types.Verb.Post, string query = "") => new()
        {
            Id = "callee",
            Message = new InvokeRequest
            {
                Method = method,
                Data = new Any { Value = Bytes(body) },
                ContentType = contentType,
                HttpExtension = new HTTPExtension { Verb = verb, Querystring = query },
            },
        };

    private static Caller Connect(SidecarPair pair) => new(global::Grpc.Net.Client.GrpcChannel.ForAddress($"http://127.0.0.1:{pair.GrpcPort}"));

    private sealed class Caller(global::Grpc.Net.Client.GrpcChannel channel) : IDisposable
    {
        public DaprApi.DaprClient Client { get; } = new(channel);

        public void Dispose() => channel.Dispose();
    }
}
