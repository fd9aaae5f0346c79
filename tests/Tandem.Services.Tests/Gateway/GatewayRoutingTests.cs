using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Gateway;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Gateway;

public sealed class GatewayRoutingTests : IAsyncLifetime
{
    private static readonly string[] Services = ["identity", "product", "basket", "payment", "notification", "order", "analytics"];

    private readonly Dictionary<string, Destination> _destinations = [];
    private readonly ServiceApplication<GatewayService> _gateway = new();

    public async Task InitializeAsync()
    {
        _gateway.With("RATE_LIMIT_ENABLED", "false");
        foreach (var service in Services)
        {
            _destinations[service] = await Destination.StartAsync(service);
            _gateway.With($"{service.ToUpperInvariant()}_SERVICE_URLS", _destinations[service].Url);
        }

        await _gateway.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        foreach (var destination in _destinations.Values)
        {
            await destination.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("/api/products", "product", "/products")]
    [InlineData("/api/products/7/image", "product", "/products/7/image")]
    [InlineData("/api/v1/products/7", "product", "/products/7")]
    [InlineData("/api/baskets/u-1/items", "basket", "/baskets/u-1/items")]
    [InlineData("/api/payments/p-1", "payment", "/payments/p-1")]
    [InlineData("/api/notifications/unread", "notification", "/notifications/unread")]
    [InlineData("/api/orders/o-1/events", "order", "/orders/o-1/events")]
    [InlineData("/api/v1/orders", "order", "/orders")]
    [InlineData("/api/users/me", "identity", "/users/me")]
    [InlineData("/api/users/u-1/orders", "order", "/users/u-1/orders")]
    [InlineData("/api/v1/users/u-1/payments", "payment", "/users/u-1/payments")]
    [InlineData("/api/auth/anything", "identity", "/auth/anything")]
    [InlineData("/api/analytics/summary", "analytics", "/analytics/summary")]
    [InlineData("/.well-known/jwks.json", "identity", "/.well-known/jwks.json")]
    public async Task Path_GoesToItsServiceWithoutThePrefix(string path, string service, string expected)
    {
        using var admin = _gateway.CreateAdminClient();

        var seen = await admin.GetFromJsonAsync<JsonElement>(new Uri($"{path}?a=b%20c", UriKind.Relative));

        Assert.Equal(service, seen.GetProperty("name").GetString());
        Assert.Equal(expected, seen.GetProperty("path").GetString());
        Assert.Equal("?a=b%20c", seen.GetProperty("query").GetString());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/products")]
    [InlineData("/api/other")]
    [InlineData("/api/v2/products")]
    public async Task UnknownPath_IsNotFoundAsAProblem(string path)
    {
        using var client = _gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("GET", "/api/products", null, HttpStatusCode.OK)]
    [InlineData("POST", "/api/auth/login", null, HttpStatusCode.OK)]
    [InlineData("POST", "/api/products", null, HttpStatusCode.Unauthorized)]
    [InlineData("POST", "/api/products", "customer", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/api/products/1", "customer", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/api/products", "admin", HttpStatusCode.OK)]
    [InlineData("GET", "/api/baskets/u-1", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/orders", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/payments", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/notifications", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/users/me", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/users/u-1/orders", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/orders", "customer", HttpStatusCode.OK)]
    [InlineData("GET", "/api/analytics/summary", "customer", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/api/analytics/summary", "admin", HttpStatusCode.OK)]
    public async Task Route_IsOpenToThoseWhomTheContractNames(string method, string path, string? role, HttpStatusCode expected)
    {
        using var client = role is null ? _gateway.CreateAnonymousClient() : _gateway.CreateClient(Ids.New(), role);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.Unauthorized)
        {
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Fact]
    public async Task Token_ThatIsNotGood_IsRefusedEverywhere()
    {
        using var client = _gateway.CreateAnonymousClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create("u-1", expires: DateTimeOffset.UtcNow.AddHours(-1)));

        using var response = await client.GetAsync(new Uri("/api/products", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Request_ArrivesWithBodyTokenAndIdAndWithoutDaprsHeaders()
    {
        using var client = _gateway.CreateClient("u-1");
        client.DefaultRequestHeaders.Add("dapr-app-id", "identity");
        client.DefaultRequestHeaders.Add("dapr-caller-app-id", "order");
        client.DefaultRequestHeaders.Add("dapr-api-token", "guess");
        client.DefaultRequestHeaders.Add("X-Request-Id", "my-own.id_1");

        using var response = await client.PostAsJsonAsync(new Uri("/api/orders", UriKind.Relative), new { a = 1 });

        var seen = await response.Content.ReadFromJsonAsync<JsonElement>();
        var headers = seen.GetProperty("headers");
        Assert.Equal("POST", seen.GetProperty("method").GetString());
        Assert.Equal("""{"a":1}""", seen.GetProperty("body").GetString());
        Assert.StartsWith("Bearer ", headers.GetProperty("authorization").GetString(), StringComparison.Ordinal);
        Assert.Equal("my-own.id_1", headers.GetProperty("x-request-id").GetString());
        Assert.Equal("my-own.id_1", response.Headers.GetValues("X-Request-Id").Single());
        Assert.DoesNotContain(headers.EnumerateObject(), static h => h.Name.StartsWith("dapr-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RequestId_ThatIsMissingOrSuspicious_IsMade()
    {
        using var client = _gateway.CreateAnonymousClient();
        using var without = await client.GetAsync(new Uri("/api/products", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/products");
        request.Headers.TryAddWithoutValidation("X-Request-Id", "a b<c>");
        using var suspicious = await client.SendAsync(request);

        Assert.True(Ids.IsValid(without.Headers.GetValues("X-Request-Id").Single()));
        Assert.True(Ids.IsValid(suspicious.Headers.GetValues("X-Request-Id").Single()));
    }

    [Theory]
    [InlineData("/api/products")]
    [InlineData("/api/orders")]
    [InlineData("/health/live")]
    public async Task EveryAnswer_HasTheSecurityHeaders(string path)
    {
        using var client = _gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Preflight_OfAnotherOrigin_IsAnsweredByTheGateway()
    {
        using var client = _gateway.CreateAnonymousClient();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/orders");
        request.Headers.Add("Origin", "https://shop.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Answer_IsCompressedForThoseWhoAsk()
    {
        using var client = _gateway.CreateAnonymousClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/products");
        request.Headers.AcceptEncoding.Add(new("gzip"));

        using var response = await client.SendAsync(request);

        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.Single());
    }

    [Fact]
    public async Task Body_OfMoreThanAMebibyte_IsTurnedAway()
    {
        using var client = _gateway.CreateClient("u-1");
        using var tooMuch = new ByteArrayContent(new byte[(1024 * 1024) + 1]);
        using var enough = new ByteArrayContent(new byte[1024 * 1024]);

        using var refused = await client.PostAsync(new Uri("/api/orders", UriKind.Relative), tooMuch);
        using var taken = await client.PostAsync(new Uri("/api/orders", UriKind.Relative), enough);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task Health_NamesEveryServiceAndItsLatency()
    {
        using var client = _gateway.CreateAnonymousClient();

        var detailed = await client.GetFromJsonAsync<JsonElement>(new Uri("/health/detailed", UriKind.Relative));

        Assert.Equal("healthy", detailed.GetProperty("status").GetString());
        Assert.Equal(Services.Order(), detailed.GetProperty("services").EnumerateArray().Select(static s => s.GetProperty("name").GetString()!).Order());
        Assert.All(detailed.GetProperty("services").EnumerateArray(), static s => Assert.True(s.GetProperty("latencyMs").GetDouble() >= 0));
        using var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }
}
