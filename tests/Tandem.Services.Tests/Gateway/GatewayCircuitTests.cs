using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Gateway;
using Tandem.Services.Tests.Defaults;
using Tandem.Testing;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Gateway;

public sealed class GatewayCircuitTests : IAsyncLifetime
{
    /// <summary>A path whose answers the gateway does not keep.</summary>
    private static readonly Uri Products = new("/api/products/reservations/o-1", UriKind.Relative);

    private readonly ManualTimeProvider _clock = new();
    private readonly ServiceApplication<GatewayService> _gateway;
    private Destination _product = null!;
    private HttpClient _client = null!;
    private HttpClient _admin = null!;
    private volatile RequestDelegate _answer = Fail;
    private int _asked;

    public GatewayCircuitTests() => _gateway = new ServiceApplication<GatewayService> { Clock = _clock }.With("RATE_LIMIT_ENABLED", "false");

    public async Task InitializeAsync()
    {
        _product = await Destination.StartAsync(answer: context =>
        {
            Interlocked.Increment(ref _asked);
            return _answer(context);
        });
        _gateway.With("PRODUCT_SERVICE_URLS", _product.Url);
        await _gateway.StartAsync();
        _client = _gateway.CreateAdminClient();
        _admin = _gateway.CreateAdminClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        _admin.Dispose();
        await _gateway.DisposeAsync();
        await _product.DisposeAsync();
    }

    [Fact]
    public async Task Circuit_AfterTenFailures_OpensAndAnswersAtOnce()
    {
        await AskAsync(10);

        using var refused = await _client.GetAsync(Products);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(30), refused.Headers.RetryAfter?.Delta);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(10, _asked);
        var circuit = await CircuitAsync();
        Assert.Equal(("open", 1), (circuit.GetProperty("state").GetString(), circuit.GetProperty("openings").GetInt32()));
        Assert.Equal(_clock.GetUtcNow().AddSeconds(30), circuit.GetProperty("nextAttemptAt").GetDateTimeOffset());
        using var other = await _client.GetAsync(new Uri("/api/auth/anything", UriKind.Relative));
        Assert.DoesNotContain("left alone", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Circuit_AfterItsTimeout_LetsOneRequestTryAndClosesByItsSuccess()
    {
        await AskAsync(10);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("half_open", (await CircuitAsync()).GetProperty("state").GetString());
        _answer = static context => context.Response.WriteAsync("fine");

        var answers = await AskAsync(3);

        Assert.All(answers, static status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal("closed", (await CircuitAsync()).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Circuit_WhoseTryFails_IsOpenAgain()
    {
        await AskAsync(10);
        _clock.Advance(TimeSpan.FromSeconds(31));

        await AskAsync(3);

        Assert.Equal(11, _asked);
        var circuit = await CircuitAsync();
        Assert.Equal(("open", 2), (circuit.GetProperty("state").GetString(), circuit.GetProperty("openings").GetInt32()));
    }

    [Fact]
    public async Task Circuit_WhileAnEventStreamTriesIt_ClosesWithTheStreamsBeginning()
    {
        await AskAsync(10);
        _clock.Advance(TimeSpan.FromSeconds(31));
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: first\n\n");
            await context.Response.Body.FlushAsync();
            await end.Task.WithinAsync();
        };

        using var stream = await _client.GetAsync(Products, HttpCompletionOption.ResponseHeadersRead).WithinAsync();
        _answer = static context => context.Response.WriteAsync("fine");
        // The headers may reach the client a moment before the circuit has heard of them.
        await UntilClosedAsync().WithinAsync();
        using var meanwhile = await _client.GetAsync(Products).WithinAsync();
        end.SetResult();

        Assert.Equal(HttpStatusCode.OK, meanwhile.StatusCode);

        async Task UntilClosedAsync()
        {
            while ((await CircuitAsync()).GetProperty("state").GetString() != "closed")
            {
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Circuit_BelowHalfOfFailures_StaysClosed()
    {
        var count = 0;
        _answer = context => Interlocked.Increment(ref count) % 3 == 0 ? Fail(context) : context.Response.WriteAsync("fine");

        await AskAsync(30);

        Assert.Equal(30, _asked);
        Assert.Equal("closed", (await CircuitAsync()).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Circuit_OfAServiceThatDaprHasNotFoundYet_OpensOnlyAfterItWasThere()
    {
        await using var gateway = new ServiceApplication<GatewayService> { Clock = _clock }.With("RATE_LIMIT_ENABLED", "false");
        await gateway.StartAsync();
        using var client = gateway.CreateAdminClient();
        using var admin = gateway.CreateAdminClient();
        async Task<string?> AskAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                using var response = await client.GetAsync(Products);
            }

            return (await admin.GetFromJsonAsync<JsonElement>(new Uri("/admin/circuitbreaker/product", UriKind.Relative))).GetProperty("state").GetString();
        }

        var whileStarting = await AskAsync(20);
        gateway.Sidecar.Answer("product", static _ => InvokedAnswer.Json(new { }));
        var whenThere = await AskAsync(1);
        gateway.Sidecar.Answer("product", static _ => new InvokedAnswer(500, "{}"));
        var whenGone = await AskAsync(40);

        Assert.Equal(("closed", "closed", "open"), (whileStarting, whenThere, whenGone));
    }

    [Fact]
    public async Task Circuit_ThatIsDisabled_NeverOpens()
    {
        await using var gateway = new ServiceApplication<GatewayService> { Clock = _clock }
            .With("RATE_LIMIT_ENABLED", "false").With("PRODUCT_SERVICE_URLS", _product.Url).With("CIRCUIT_BREAKER_ENABLED", "false");
        await gateway.StartAsync();
        using var client = gateway.CreateAdminClient();

        for (var i = 0; i < 20; i++)
        {
            using var response = await client.GetAsync(Products);
        }

        Assert.Equal(20, _asked);
    }

    [Theory]
    [InlineData("/admin/status")]
    [InlineData("/admin/services")]
    [InlineData("/admin/loadbalancer/product")]
    [InlineData("/admin/circuitbreaker/product")]
    public async Task Admin_IsForAdminsOnly(string path)
    {
        using var customer = _gateway.CreateClient("u-1");
        using var nobody = _gateway.CreateAnonymousClient();
        using var anonymous = await nobody.GetAsync(new Uri(path, UriKind.Relative));
        using var forbidden = await customer.GetAsync(new Uri(path, UriKind.Relative));
        using var allowed = await _admin.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.OK), (anonymous.StatusCode, forbidden.StatusCode, allowed.StatusCode));
    }

    [Theory]
    [InlineData("/admin/loadbalancer/nothing")]
    [InlineData("/admin/circuitbreaker/nothing")]
    public async Task Admin_UnknownService_IsNotFound(string path)
    {
        using var response = await _admin.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Admin_TellsOfServicesAndTheirInstances()
    {
        await AskAsync(10);

        var balancer = await _admin.GetFromJsonAsync<JsonElement>(new Uri("/admin/loadbalancer/product", UriKind.Relative));
        var services = await _admin.GetFromJsonAsync<JsonElement>(new Uri("/admin/services", UriKind.Relative));
        var status = await _admin.GetFromJsonAsync<JsonElement>(new Uri("/admin/status", UriKind.Relative));

        var instance = Assert.Single(balancer.GetProperty("instances").EnumerateArray());
        Assert.Equal("round_robin", balancer.GetProperty("strategy").GetString());
        Assert.Equal((10, 0), (instance.GetProperty("requests").GetInt32(), instance.GetProperty("activeRequests").GetInt32()));
        Assert.Equal(7, services.GetArrayLength());
        var product = Assert.Single(services.EnumerateArray(), static s => s.GetProperty("name").GetString() == "product");
        Assert.Equal(("urls", "open"), (product.GetProperty("via").GetString(), product.GetProperty("circuitBreaker").GetString()));
        Assert.Equal("product", Assert.Single(status.GetProperty("openCircuits").EnumerateArray()).GetString());
    }

    private async Task<List<HttpStatusCode>> AskAsync(int times)
    {
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < times; i++)
        {
            using var response = await _client.GetAsync(Products).WithinAsync();
            answers.Add(response.StatusCode);
        }

        return answers;
    }

    private Task<JsonElement> CircuitAsync() => _admin.GetFromJsonAsync<JsonElement>(new Uri("/admin/circuitbreaker/product", UriKind.Relative));

    private static Task Fail(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync("""{"title":"broken"}""");
    }
}
