using System.Text;
using Microsoft.AspNetCore.Http;
using Tandem.Components.Metadata;
using Tandem.Components.Middleware;
using Tandem.Testing;

namespace Tandem.Components.Tests.Middleware;

public sealed class MiddlewareTests
{
    private const string Folder = "/";

    [Theory]
    [InlineData("words", "WORDS")]
    [InlineData("é ü ☃ ß", "É Ü ☃ ß")]
    [InlineData("ɐɐɐ", "ⱯⱯⱯ")]
    [InlineData("", "")]
    public async Task Uppercase_BodyInPiecesOfAnySize_IsReadInCapitals(string sent, string expected)
    {
        for (var size = 1; size <= 4; size++)
        {
            var http = Request("POST", "/", new PieceStream(Encoding.UTF8.GetBytes(sent), size));
            string? seen = null;

            await Create("uppercase").InvokeAsync(http, async context => seen = await new StreamReader(context.Request.Body, Encoding.UTF8).ReadToEndAsync());

            Assert.Equal(expected, seen);
            Assert.Null(http.Request.ContentLength);
        }
    }

    [Fact]
    public async Task Uppercase_LongBodyWithBytesThatAreNoText_KeepsThem()
    {
        var sent = Enumerable.Repeat((byte)'x', 10_000).Concat(new byte[] { 0xff, 0xc3 }).ToArray();
        byte[] seen = [];

        await Create("uppercase").InvokeAsync(Request("POST", "/", new PieceStream(sent, 4096)), async context => seen = await ReadAsync(context.Request.Body));

        Assert.Equal([.. Enumerable.Repeat((byte)'X', 10_000), 0xff, 0xc3], seen);
    }

    [Fact]
    public async Task Uppercase_OfTheAnswer_SplitRuneIsPutTogether()
    {
        var http = Request("GET", "/");
        var body = new MemoryStream();
        http.Response.Body = body;

        await Create("uppercase", ("direction", "response")).InvokeAsync(http, async context =>
        {
            foreach (var piece in "hé\xff"u8.ToArray())
            {
                await context.Response.Body.WriteAsync(new[] { piece });
            }
        });

        Assert.Equal("HÉÿ".ToUpperInvariant(), Encoding.UTF8.GetString(body.ToArray()));
    }

    [Theory]
    [InlineData("/v1.0/state/store/a", true)]
    [InlineData("/v1.0/state/st$ore", false)]
    [InlineData("/v1.0/state/store?x=1", false)]
    public async Task RouterChecker_PathAndQuery_MustMatchTheRule(string target, bool passes)
    {
        var http = Request("GET", target);

        var passed = await PassesAsync(Create("routerchecker", ("rule", "^[A-Za-z0-9/._-]+$")), http);

        Assert.Equal(passes, passed);
        Assert.Equal(passes ? 200 : 400, http.Response.StatusCode);
    }

    [Theory]
    [InlineData("rule", "(")]
    [InlineData("rule", "(a)\\1")]
    [InlineData("rule", "")]
    public void RouterChecker_RuleThatCannotBeUsed_NamesTheField(string field, string value)
        => Assert.Equal(field, Assert.Throws<ComponentMetadataException>(() => Create("routerchecker", (field, value))).Field);

    [Theory]
    [InlineData("/short", "/v1.0/invoke/callee/method/long")]
    [InlineData("/short?x=1", "/v1.0/invoke/callee/method/long?x=1")]
    [InlineData("/items/7", "/v1.0/invoke/callee/method/item?id=7")]
    [InlineData("/items/a%20b?x=1", "/v1.0/invoke/callee/method/item?x=1&id=a%20b")]
    [InlineData("/numbers/12", "/number?fixed=1&n=12")]
    [InlineData("/numbers/abc", "/numbers/abc")]
    [InlineData("/items/7/8", "/items/7/8")]
    [InlineData("/other", "/other")]
    public async Task RouterAlias_Path_BecomesItsTarget(string target, string expected)
    {
        var alias = Create("routeralias", ("routes", """
            {
              "/short": "/v1.0/invoke/callee/method/long",
              "/items/{id}": "/v1.0/invoke/callee/method/item",
              "/numbers/{n:[0-9]{1,3}}": "/number?fixed=1"
            }
            """));
        var http = Request("GET", target);

        Assert.True(await PassesAsync(alias, http));
        Assert.Equal(expected, RequestTarget.Get(http));
    }

    [Fact]
    public async Task RouterAlias_FieldsAsAliases_StillWork()
    {
        var http = Request("GET", "/a");

        await PassesAsync(Create("routealias", ("/a", "/b")), http);

        Assert.Equal("/b", RequestTarget.Get(http));
    }

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("{\"/a\": {}}")]
    [InlineData("{\"/a\": \"/b\"")]
    [InlineData("{\"a\": \"/b\"}")]
    [InlineData("{\"/a\": \"b\"}")]
    [InlineData("{\"/{a\": \"/b\"}")]
    [InlineData("{\"/{a:(}\": \"/b\"}")]
    public void RouterAlias_RoutesThatCannotBeRead_NameTheField(string routes)
        => Assert.Equal("routes", Assert.Throws<ComponentMetadataException>(() => Create("routeralias", ("routes", routes))).Field);

    [Fact]
    public async Task RateLimit_MoreThanTheRate_IsRefusedUntilTimePasses()
    {
        var time = new ManualTimeProvider();
        var limit = Create("ratelimit", time, ("maxRequestsPerSecond", "2"));

        Assert.True(await PassesAsync(limit, Request("GET", "/a")));
        Assert.True(await PassesAsync(limit, Request("GET", "/a")));
        var refused = Request("GET", "/a");
        Assert.False(await PassesAsync(limit, refused));
        Assert.Equal(429, refused.Response.StatusCode);
        Assert.True(await PassesAsync(limit, Request("GET", "/another")));
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.True(await PassesAsync(limit, Request("GET", "/a")));
        Assert.False(await PassesAsync(limit, Request("GET", "/a")));
    }

    [Fact]
    public async Task RateLimit_LessThanOneASecond_LetsOneThrough()
    {
        var time = new ManualTimeProvider();
        var limit = Create("ratelimit", time, ("maxRequestsPerSecond", "0.1"));

        Assert.True(await PassesAsync(limit, Request("GET", "/a")));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(await PassesAsync(limit, Request("GET", "/a")));
        time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.True(await PassesAsync(limit, Request("GET", "/a")));
    }

    [Theory]
    [InlineData("ratelimit", "maxRequestsPerSecond", "0")]
    [InlineData("ratelimit", "maxRequestsPerSecond", "many")]
    [InlineData("ratelimit", "maxRequestsPerSecond", "NaN")]
    [InlineData("uppercase", "direction", "sideways")]
    public void Create_ValueThatCannotBeUsed_NamesTheField(string type, string field, string value)
        => Assert.Equal(field, Assert.Throws<ComponentMetadataException>(() => Create(type, (field, value))).Field);

    private static IMiddleware Create(string type, params (string, string)[] metadata) => Create(type, TimeProvider.System, metadata);

    private static IMiddleware Create(string type, TimeProvider timeProvider, params (string, string)[] metadata)
        => Contexts.Catalog().Middleware.Create(Contexts.Create($"middleware.http.{type}", Folder, timeProvider, metadata));

    private static DefaultHttpContext Request(string method, string target, Stream? body = null)
    {
        var http = new DefaultHttpContext { Request = { Method = method } };
        RequestTarget.Set(http, target);
        http.Request.Body = body ?? Stream.Null;
        return http;
    }

    private static async Task<bool> PassesAsync(IMiddleware middleware, HttpContext http)
    {
        var passed = false;
        await middleware.InvokeAsync(http, _ =>
        {
            passed = true;
            return Task.CompletedTask;
        });
        return passed;
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    /// <summary>Gives its bytes in pieces, as a network does.</summary>
    private sealed class PieceStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
