using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Gateway;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Gateway;

public sealed class GatewayFailureTests
{
    [Fact]
    public async Task Service_ThatIsDown_IsUnavailableForAWhile()
    {
        await using var gateway = new ServiceApplication<GatewayService>().With("PRODUCT_SERVICE_URLS", await Destination.DeadUrlAsync());
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(new Uri("/api/products", UriKind.Relative));

        await AssertProblemAsync(response, HttpStatusCode.ServiceUnavailable, "product");
        var health = await client.GetFromJsonAsync<JsonElement>(new Uri("/health/detailed", UriKind.Relative));
        Assert.Equal("degraded", health.GetProperty("status").GetString());
        var product = Assert.Single(health.GetProperty("services").EnumerateArray(), static s => s.GetProperty("name").GetString() == "product");
        Assert.Equal("unreachable", product.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Service_ThatBreaksOff_IsABadGateway()
    {
        await using var destination = await Destination.StartAsync(answer: static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var gateway = new ServiceApplication<GatewayService>().With("PRODUCT_SERVICE_URLS", destination.Url);
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(new Uri("/api/products", UriKind.Relative));

        await AssertProblemAsync(response, HttpStatusCode.BadGateway, "product");
    }

    [Fact]
    public async Task Service_WithoutUrls_IsInvokedThroughTheSidecar()
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        gateway.Sidecar.Answer("product", static request => InvokedAnswer.Json(new { path = request.Path + request.Query }));
        using var client = gateway.CreateAnonymousClient();

        var answer = await client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/products/7?x=1", UriKind.Relative));

        Assert.Equal("/products/7?x=1", answer.GetProperty("path").GetString());
    }

    [Fact]
    public async Task Service_ThatTheSidecarDoesNotFind_IsUnavailableAndNotTheSidecarsError()
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(new Uri("/api/products", UriKind.Relative));

        await AssertProblemAsync(response, HttpStatusCode.ServiceUnavailable, "product");
        Assert.DoesNotContain("ERR_DIRECT_INVOKE", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Problem_OfAService_PassesAsItIs(int status)
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        gateway.Sidecar.Answer("product", _ => new InvokedAnswer(status, """{"title":"its own words"}""", "application/problem+json"));
        using var client = gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(new Uri("/api/products", UriKind.Relative));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains("its own words", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_ThatIsDisabled_HasNoRoutes()
    {
        await using var gateway = new ServiceApplication<GatewayService>().With("PRODUCT_SERVICE_ENABLED", "false");
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(new Uri("/api/products", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Identity_ThatIsAway_LeavesTheTokenUnchecked()
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        gateway.Sidecar.Answer("identity", static _ => new InvokedAnswer(503, "{}"));
        using var client = gateway.CreateClient("u-1");

        using var response = await client.GetAsync(new Uri("/api/orders", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.True(response.Headers.Contains("Retry-After"));
    }

    [Theory]
    [InlineData("PRODUCT_SERVICE_URLS", "nowhere")]
    [InlineData("PRODUCT_SERVICE_URLS", "http://127.0.0.1:1;weight=x")]
    [InlineData("PRODUCT_SERVICE_ENABLED", "perhaps")]
    [InlineData("LOAD_BALANCER_STRATEGY", "random")]
    [InlineData("RATE_LIMIT_REQUESTS", "0")]
    [InlineData("RATE_LIMIT_WINDOW", "soon")]
    [InlineData("RATE_LIMIT_WINDOW", "1mm")]
    [InlineData("REQUEST_TIMEOUT", "0s")]
    [InlineData("LOG_LEVEL", "loud")]
    [InlineData("LOG_FORMAT", "xml")]
    [InlineData("PRODUCT_CACHE_LIFETIME", "2d")]
    [InlineData("TRUSTED_PROXIES", "the-ingress")]
    [InlineData("CIRCUIT_BREAKER_ENABLED", "maybe")]
    [InlineData("CIRCUIT_BREAKER_TIMEOUT", "0")]
    [InlineData("CIRCUIT_BREAKER_MAX_REQUESTS", "many")]
    public async Task Setting_ThatIsWrong_StopsTheStartAndIsNamed(string name, string value)
    {
        await using var gateway = new ServiceApplication<GatewayService>().With(name, value);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(gateway.StartAsync);

        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string service)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Contains(service, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("traceId").GetString()));
    }
}
