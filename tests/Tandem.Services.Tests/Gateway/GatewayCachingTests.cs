using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Tandem.Gateway;
using Tandem.Services.Tests.Defaults;
using Tandem.Testing;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Gateway;

public sealed class GatewayCachingTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2030, 1, 2, 3, 4, 0, TimeSpan.Zero));
    private readonly ServiceApplication<GatewayService> _gateway;
    private Destination _product = null!;
    private HttpClient _client = null!;
    private volatile RequestDelegate _answer;
    private int _asked;
    private volatile string _stock = "25";

    public GatewayCachingTests()
    {
        _gateway = new ServiceApplication<GatewayService> { Clock = _clock }.With("RATE_LIMIT_ENABLED", "false");
        _answer = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync($$"""{"stockQuantity":{{_stock}}}""");
        };
    }

    public async Task InitializeAsync()
    {
        _product = await Destination.StartAsync(answer: context =>
        {
            Interlocked.Increment(ref _asked);
            return _answer(context);
        });
        _gateway.With("PRODUCT_SERVICE_URLS", _product.Url).With("ORDER_SERVICE_URLS", _product.Url);
        await _gateway.StartAsync();
        _client = _gateway.CreateAnonymousClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _product.DisposeAsync();
    }

    [Theory]
    [InlineData("/api/products")]
    [InlineData("/api/v1/products/search?q=tea")]
    [InlineData("/api/products/categories")]
    [InlineData("/api/products/7/image")]
    public async Task Answer_IsKeptForAMoment(string path)
    {
        await BodyAsync(path);
        await BodyAsync(path);
        Assert.Equal(1, _asked);

        _clock.Advance(TimeSpan.FromSeconds(11));
        await BodyAsync(path);

        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task List_AfterASecond_IsAskedForAgain()
    {
        await BodyAsync("/api/products");
        _stock = "24";
        _clock.Advance(TimeSpan.FromMilliseconds(1001));

        Assert.Contains("24", await BodyAsync("/api/products"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Product_ByItself_AlwaysShowsItsStockAsItIs()
    {
        await BodyAsync("/api/products/7");
        _stock = "0";

        Assert.Contains("0", await BodyAsync("/api/products/7"), StringComparison.Ordinal);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Lists_OfDifferentQueries_AreDifferent()
    {
        await BodyAsync("/api/products?page=1");
        await BodyAsync("/api/products?page=2");

        Assert.Equal(2, _asked);
    }

    [Theory]
    [InlineData("PUT", "/api/products/7")]
    [InlineData("POST", "/api/v1/products")]
    [InlineData("DELETE", "/api/products/7")]
    [InlineData("PUT", "/api/products/7/image")]
    public async Task Change_ByAnAdmin_IsSeenAtOnce(string method, string path)
    {
        using var admin = _gateway.CreateAdminClient();
        await BodyAsync("/api/products");
        _stock = "99";

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var changed = await admin.SendAsync(request);

        Assert.Contains("99", await BodyAsync("/api/products"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_WhoAskAtOnce_AreOneQuestion()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = async context =>
        {
            await gate.Task.WithinAsync();
            await context.Response.WriteAsync("[]");
        };

        var all = Enumerable.Range(0, 10).Select(_ => BodyAsync("/api/products")).ToList();
        gate.SetResult();
        await Task.WhenAll(all).WithinAsync();

        Assert.Equal(1, _asked);
    }

    [Theory]
    [InlineData("/api/products", "public, no-cache")]
    [InlineData("/api/products/7", "public, no-cache")]
    [InlineData("/api/products/7/image", "public, max-age=60")]
    public async Task Answer_ThatTheClientHas_IsNotSentAgain(string path, string control)
    {
        using var first = await _client.GetAsync(Http.At(path));
        using var same = await AskAsync(path, first.Headers.ETag!);
        _stock = "3";
        _clock.Advance(TimeSpan.FromMinutes(1));
        using var other = await AskAsync(path, first.Headers.ETag!);

        Assert.Equal(control, first.Headers.CacheControl?.ToString());
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal((first.Headers.ETag, ""), (same.Headers.ETag, await same.Content.ReadAsStringAsync()));
        Assert.Equal(control, same.Headers.CacheControl?.ToString());
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.NotEqual(first.Headers.ETag, other.Headers.ETag);
    }

    [Fact]
    public async Task Tag_OfTheService_IsKept()
    {
        _answer = static context =>
        {
            context.Response.Headers.ETag = "\"of-the-service\"";
            return context.Response.WriteAsync("picture");
        };

        using var response = await _client.GetAsync(Http.At("/api/products/7/image"));
        using var same = await AskAsync("/api/products/7/image", response.Headers.ETag!);

        Assert.Equal("\"of-the-service\"", response.Headers.ETag?.Tag);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Failure_IsNotKept(int status)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/problem+json";
            return context.Response.WriteAsync("{}");
        };

        for (var i = 0; i < 2; i++)
        {
            using var response = await _client.GetAsync(Http.At("/api/products"));
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Null(response.Headers.ETag);
        }

        Assert.Equal(2, _asked);
    }

    [Theory]
    [InlineData("private")]
    [InlineData("no-store")]
    public async Task Answer_ThatTheServiceKeepsForOne_IsNotKept(string control)
    {
        _answer = context =>
        {
            context.Response.Headers.CacheControl = control;
            return context.Response.WriteAsync("[]");
        };

        await BodyAsync("/api/products");
        await BodyAsync("/api/products");

        Assert.Equal(2, _asked);
    }

    [Theory]
    [InlineData("/api/orders")]
    [InlineData("/api/products/reservations/o-1")]
    public async Task Answer_ThatIsNotForEverybody_IsNeverKeptOrTagged(string path)
    {
        using var admin = _gateway.CreateAdminClient();

        using var first = await admin.GetAsync(Http.At(path));
        using var second = await admin.GetAsync(Http.At(path));

        Assert.Equal(2, _asked);
        Assert.Null(second.Headers.ETag);
        Assert.Equal("no-store", second.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Token_ThatIsNotGood_IsRefusedThoughTheAnswerIsKept()
    {
        await BodyAsync("/api/products");
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "no.token.atall");

        using var response = await _client.GetAsync(Http.At("/api/products"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Cache_ThatIsDisabled_KeepsNothingAndTagsAllTheSame()
    {
        await using var gateway = new ServiceApplication<GatewayService>().With("PRODUCT_SERVICE_URLS", _product.Url).With("PRODUCT_CACHE_ENABLED", "false");
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();

        using var first = await client.GetAsync(Http.At("/api/products"));
        using var second = await client.GetAsync(Http.At("/api/products"));

        Assert.Equal(2, _asked);
        Assert.NotNull(second.Headers.ETag);
    }

    private Task<HttpResponseMessage> AskAsync(string path, EntityTagHeaderValue tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(tag);
        return _client.SendAsync(request);
    }

    private async Task<string> BodyAsync(string path)
    {
        using var response = await _client.GetAsync(Http.At(path)).WithinAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
