using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Gateway;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Testing;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Gateway;

/// <summary>What the contract says of the gateway and no other test of it shows.</summary>
public sealed class GatewayContractTests
{
    [Theory]
    [InlineData("/admin/deadletters", "analytics", "/admin/deadletters")]
    [InlineData("/admin/deadletters/d-1/retry", "analytics", "/admin/deadletters/d-1/retry")]
    [InlineData("/admin/sagas", "order", "/admin/sagas")]
    [InlineData("/admin/sagas/o-1/resume", "order", "/admin/sagas/o-1/resume")]
    public async Task AdminPath_GoesToTheServiceThatKeepsIt(string path, string service, string expected)
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        gateway.Sidecar.Answer(service, static request => InvokedAnswer.Json(new { app = request.AppId, path = request.Path, query = request.Query }));
        using var admin = gateway.CreateAdminClient();
        using var customer = gateway.CreateClient(Ids.New());
        using var nobody = gateway.CreateAnonymousClient();

        var seen = await admin.GetAsync($"{path}?page=2", HttpStatusCode.OK);
        using var sent = await admin.PostAsync(path);
        using var forbidden = await customer.GetAsync(Http.At(path));
        using var unknown = await nobody.GetAsync(Http.At(path));

        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        Assert.Equal((service, expected, "?page=2"), (seen.Text("app"), seen.Text("path"), seen.Text("query")));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), (forbidden.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task AdminPath_OfAServiceWithUrls_GoesThere()
    {
        await using var analytics = await Destination.StartAsync("analytics");
        await using var gateway = new ServiceApplication<GatewayService>().With("ANALYTICS_SERVICE_URLS", analytics.Url);
        await gateway.StartAsync();
        using var admin = gateway.CreateAdminClient();

        var seen = await admin.GetAsync("/admin/deadletters/d-1", HttpStatusCode.OK);

        Assert.Equal(("analytics", "/admin/deadletters/d-1"), (seen.Text("name"), seen.Text("path")));
    }

    [Theory]
    [InlineData("/api/orders", "/orders/o-1", "/api/orders/o-1")]
    [InlineData("/api/v1/orders", "/orders/o-1", "/api/v1/orders/o-1")]
    [InlineData("/api/orders", "https://elsewhere.example/x", "https://elsewhere.example/x")]
    [InlineData("/admin/sagas/o-1/resume", "/admin/sagas/o-1", "/admin/sagas/o-1")]
    public async Task Location_IsWhereTheClientFindsIt(string path, string given, string expected)
    {
        await using var order = await Destination.StartAsync(answer: context =>
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.Headers.Location = given;
            return Task.CompletedTask;
        });
        await using var gateway = new ServiceApplication<GatewayService>().With("ORDER_SERVICE_URLS", order.Url);
        await gateway.StartAsync();
        using var admin = gateway.CreateAdminClient();

        using var response = await admin.PostAsync(path);

        Assert.Equal(expected, response.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("GET", "/api/orders", 401)]
    [InlineData("DELETE", "/health/detailed", 405)]
    [InlineData("GET", "/api/products", 503)]
    public async Task Error_IsAProblemWhateverTheClientWouldRatherHave(string method, string path, int status)
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.ParseAdd("text/html");

        using var response = await client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((status, path), (problem.Number("status"), problem.Text("instance")));
        Assert.All(["type", "title", "traceId"], name => Assert.False(string.IsNullOrEmpty(problem.Text(name))));
    }

    [Fact]
    public async Task Limit_CountsAdminsPagesAndHasItsDefaults()
    {
        await using var gateway = new ServiceApplication<GatewayService> { Clock = new ManualTimeProvider() };
        await gateway.StartAsync();
        using var admin = gateway.CreateAdminClient();

        List<HttpResponseMessage> answers = [];
        for (var i = 0; i < 11; i++)
        {
            answers.Add(await admin.GetAsync(Http.At("/admin/loadbalancer/product")));
        }

        Assert.All(answers.Take(10), static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[10].StatusCode);
        Assert.Equal("100", answers[0].Headers.GetValues("X-RateLimit-Limit").Single());
        var status = await answers[10].Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(string.IsNullOrEmpty(status.Text("traceId")));
        answers.ForEach(static answer => answer.Dispose());
    }

    [Fact]
    public async Task Defaults_AreTheContracts()
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        using var admin = gateway.CreateAdminClient();

        var status = await admin.GetAsync("/admin/status", HttpStatusCode.OK);
        var circuit = await admin.GetAsync("/admin/circuitbreaker/order", HttpStatusCode.OK);
        var balancer = await admin.GetAsync("/admin/loadbalancer/order", HttpStatusCode.OK);

        var limit = status.GetProperty("rateLimit");
        Assert.Equal((true, 100, 60, 10), (limit.GetProperty("enabled").GetBoolean(), limit.Number("requests"), limit.Number("windowSeconds"), limit.Number("burst")));
        Assert.Equal(
            (true, 10, 60, 30), (circuit.GetProperty("enabled").GetBoolean(), circuit.Number("maxRequests"), circuit.Number("intervalSeconds"), circuit.Number("timeoutSeconds")));
        Assert.Equal((true, "round_robin", "dapr"), (balancer.GetProperty("enabled").GetBoolean(), balancer.Text("strategy"), balancer.Text("via")));
        Assert.Equal(7, status.Number("enabledServices"));
    }

    [Fact]
    public async Task Durations_AreTakenInEveryForm()
    {
        await using var gateway = new ServiceApplication<GatewayService>()
            .With("RATE_LIMIT_WINDOW", "1h30m").With("CIRCUIT_BREAKER_INTERVAL", "2m").With("CIRCUIT_BREAKER_TIMEOUT", "1500ms");
        await gateway.StartAsync();
        using var admin = gateway.CreateAdminClient();

        var limit = (await admin.GetAsync("/admin/status", HttpStatusCode.OK)).GetProperty("rateLimit");
        var circuit = await admin.GetAsync("/admin/circuitbreaker/order", HttpStatusCode.OK);

        Assert.Equal((5400, 120, 1.5), (limit.Number("windowSeconds"), circuit.Number("intervalSeconds"), circuit.GetProperty("timeoutSeconds").GetDouble()));
    }

    [Fact]
    public async Task Limit_ThatIsDisabled_LetsEverybodyPassAndSaysNothing()
    {
        await using var gateway = new ServiceApplication<GatewayService>().With("RATE_LIMIT_ENABLED", "false").With("RATE_LIMIT_BURST", "1");
        await gateway.StartAsync();
        using var admin = gateway.CreateAdminClient();

        for (var i = 0; i < 3; i++)
        {
            using var response = await admin.GetAsync(Http.At("/admin/loadbalancer/order"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.False(response.Headers.Contains("X-RateLimit-Limit"));
        }
    }

    [Fact]
    public async Task Service_ThatIsSilentTooLong_TimesOut()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var order = await Destination.StartAsync(answer: async context => await Task.WhenAny(end.Task, Task.Delay(-1, context.RequestAborted)));
        await using var gateway = new ServiceApplication<GatewayService>().With("ORDER_SERVICE_URLS", order.Url).With("REQUEST_TIMEOUT", "200ms");
        await gateway.StartAsync();
        using var client = gateway.CreateClient(Ids.New());

        using var response = await client.GetAsync(Http.At("/api/orders")).WithinAsync();
        end.SetResult();

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task Balancer_OfLeastConnections_LeavesTheBusyOneAlone()
    {
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = 0;
        await using var one = await Destination.StartAsync(answer: AnswerAsync("one"));
        await using var other = await Destination.StartAsync(answer: AnswerAsync("other"));
        await using var gateway = new ServiceApplication<GatewayService>()
            .With("ORDER_SERVICE_URLS", $"{one.Url},{other.Url}").With("LOAD_BALANCER_STRATEGY", "least_connections");
        await gateway.StartAsync();
        using var client = gateway.CreateClient(Ids.New());

        var waiting = client.GetStringAsync(Http.At("/api/orders"));
        await began.Task.WithinAsync();
        List<string> answers = [];
        for (var i = 0; i < 5; i++)
        {
            answers.Add(await client.GetStringAsync(Http.At("/api/orders")).WithinAsync());
        }

        busy.SetResult();
        var taken = await waiting.WithinAsync();

        Assert.DoesNotContain(taken, answers);

        RequestDelegate AnswerAsync(string name) => async context =>
        {
            if (Interlocked.Increment(ref first) == 1)
            {
                began.SetResult();
                await busy.Task.WithinAsync();
            }

            await context.Response.WriteAsync(name);
        };
    }

    [Fact]
    public async Task Balancer_ThatIsDisabled_TakesTheFirstUrl()
    {
        await using var one = await Destination.StartAsync("one");
        await using var other = await Destination.StartAsync("other");
        await using var gateway = new ServiceApplication<GatewayService>().With("ORDER_SERVICE_URLS", $"{one.Url},{other.Url}").With("LOAD_BALANCER_ENABLED", "false");
        await gateway.StartAsync();
        using var client = gateway.CreateClient(Ids.New());

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("one", (await client.GetAsync("/api/orders", HttpStatusCode.OK)).Text("name"));
        }
    }

    [Fact]
    public async Task Instance_ThatIsGone_CostsOneRequestAndIsLeftOut()
    {
        await using var alive = await Destination.StartAsync("alive");
        await using var gateway = new ServiceApplication<GatewayService>().With("ORDER_SERVICE_URLS", $"{alive.Url},{await Destination.DeadUrlAsync()}");
        await gateway.StartAsync();
        using var client = gateway.CreateClient(Ids.New());

        List<HttpStatusCode> answers = [];
        for (var i = 0; i < 8; i++)
        {
            using var response = await client.GetAsync(Http.At("/api/orders"));
            answers.Add(response.StatusCode);
        }

        var detailed = await client.GetAsync("/health/detailed", HttpStatusCode.OK);
        var order = Assert.Single(detailed.GetProperty("services").EnumerateArray(), static service => service.Text("name") == "order");
        Assert.Single(answers, static status => status == HttpStatusCode.ServiceUnavailable);
        Assert.Equal("degraded", order.Text("status"));
        Assert.Contains("Instance 2", order.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("192.0.2.1", false)]
    public async Task ForwardedHeaders_CountFromATrustedProxyOnly(string proxy, bool isTrusted)
    {
        await using var gateway = new ServiceApplication<GatewayService> { Clock = new ManualTimeProvider() }
            .With("TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1").With("RATE_LIMIT_BURST", "1");
        await gateway.StartAsync();

        async Task<HttpContext> AskAsync(string client) => await gateway.Server.SendAsync(context =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(proxy);
            context.Request.Path = "/api/nothing";
            context.Request.Headers["X-Forwarded-For"] = client;
            context.Request.Headers["X-Forwarded-Proto"] = "https";
        });
        var first = await AskAsync("198.51.100.1");
        var second = await AskAsync("198.51.100.2");

        Assert.Equal(isTrusted, first.Response.Headers.StrictTransportSecurity.Count > 0);
        Assert.Equal(isTrusted ? 404 : 429, second.Response.StatusCode);
    }

    [Fact]
    public async Task Metrics_TellOfLimitsAndCircuits()
    {
        await using var gateway = new ServiceApplication<GatewayService> { Clock = new ManualTimeProvider() }.With("RATE_LIMIT_BURST", "1");
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();
        using var first = await client.GetAsync(Http.At("/api/products"));
        using var second = await client.GetAsync(Http.At("/api/products"));

        var metrics = await client.GetStringAsync(Http.At("/metrics"));

        Assert.Contains("tandem_gateway_rate_limited_total ", metrics, StringComparison.Ordinal);
        Assert.Contains("tandem_gateway_circuit_state{service=\"product\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("tandem_gateway_failures_total{service=\"product\",status=\"503\"}", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Origins_ThatAreNamed_AreTheOnlyOnes()
    {
        await using var gateway = new ServiceApplication<GatewayService>().With("CORS_ALLOWED_ORIGINS", "https://shop.example");
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();

        async Task<HttpResponseMessage> AskAsync(string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
            request.Headers.Add("Origin", origin);
            return await client.SendAsync(request);
        }

        using var named = await AskAsync("https://shop.example");
        using var other = await AskAsync("https://other.example");

        Assert.Equal("https://shop.example", named.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("ETag", named.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
