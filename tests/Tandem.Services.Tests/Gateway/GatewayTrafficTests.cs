using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Gateway;
using Tandem.Services.Tests.Defaults;
using Tandem.Testing;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Gateway;

public sealed class GatewayTrafficTests
{
    [Fact]
    public async Task Client_BeyondItsBurst_MustWait()
    {
        var clock = new ManualTimeProvider();
        await using var destination = await Destination.StartAsync();
        await using var gateway = new ServiceApplication<GatewayService> { Clock = clock }
            .With("PRODUCT_SERVICE_URLS", destination.Url).With("RATE_LIMIT_REQUESTS", "30").With("RATE_LIMIT_BURST", "3");
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();
        using var someoneElse = gateway.CreateClient("u-1");

        List<int> remaining = [];
        for (var i = 0; i < 3; i++)
        {
            using var passed = await client.GetAsync(new Uri("/api/products", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
            Assert.Equal("30", passed.Headers.GetValues("X-RateLimit-Limit").Single());
            remaining.Add(int.Parse(passed.Headers.GetValues("X-RateLimit-Remaining").Single(), System.Globalization.CultureInfo.InvariantCulture));
        }

        using var refused = await client.GetAsync(new Uri("/api/products", UriKind.Relative));
        using var other = await someoneElse.GetAsync(new Uri("/api/products", UriKind.Relative));
        using var health = await client.GetAsync(new Uri("/health/live", UriKind.Relative));
        clock.Advance(TimeSpan.FromSeconds(2));
        using var later = await client.GetAsync(new Uri("/api/products", UriKind.Relative));
        using var again = await client.GetAsync(new Uri("/api/products", UriKind.Relative));

        Assert.Equal([2, 1, 0], remaining);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), refused.Headers.RetryAfter?.Delta);
        Assert.Equal("6", refused.Headers.GetValues("X-RateLimit-Reset").Single());
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, again.StatusCode);
    }

    [Fact]
    public async Task Client_WithBadTokens_IsLimitedAsWell()
    {
        await using var gateway = new ServiceApplication<GatewayService> { Clock = new ManualTimeProvider() }.With("RATE_LIMIT_BURST", "2");
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", "no.token.atall");

        List<HttpStatusCode> answers = [];
        for (var i = 0; i < 3; i++)
        {
            using var response = await client.GetAsync(new Uri("/api/orders", UriKind.Relative));
            answers.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], answers);
    }

    [Fact]
    public async Task ServerSentEvents_PassOneByOneAsTheyCome()
    {
        var firstWasSeen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var destination = await Destination.StartAsync(answer: async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: first\n\n");
            await context.Response.Body.FlushAsync();
            await firstWasSeen.Task.WithinAsync();
            await context.Response.WriteAsync("data: second\n\n");
        });
        await using var gateway = new ServiceApplication<GatewayService>().With("ORDER_SERVICE_URLS", destination.Url);
        await gateway.StartAsync();
        using var client = gateway.CreateClient("u-1");
        client.DefaultRequestHeaders.AcceptEncoding.Add(new("gzip"));

        using var response = await client.GetAsync(new Uri("/api/orders/o-1/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead).WithinAsync();
        await using var body = await response.Content.ReadAsStreamAsync();
        await using var events = SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator();

        Assert.True(await events.MoveNextAsync().WithinAsync());
        Assert.Equal("first", events.Current.Data);
        firstWasSeen.SetResult();
        Assert.True(await events.MoveNextAsync().WithinAsync());
        Assert.Equal("second", events.Current.Data);
        Assert.False(await events.MoveNextAsync().WithinAsync());
    }

    [Theory]
    [InlineData("round_robin", "", new[] { 4, 4 })]
    [InlineData("weighted_round_robin", ";weight=3", new[] { 6, 2 })]
    public async Task Requests_AreSpreadOverTheInstances(string strategy, string weight, int[] expected)
    {
        await using var first = await Destination.StartAsync("first");
        await using var second = await Destination.StartAsync("second");
        await using var gateway = new ServiceApplication<GatewayService>()
            .With("PRODUCT_SERVICE_URLS", $"{first.Url}{weight}, {second.Url}").With("LOAD_BALANCER_STRATEGY", strategy).With("PRODUCT_CACHE_ENABLED", "false");
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();

        List<string> answeredBy = [];
        for (var i = 0; i < 8; i++)
        {
            answeredBy.Add((await client.GetFromJsonAsync<JsonElement>(new Uri("/api/products", UriKind.Relative))).GetProperty("name").GetString()!);
        }

        Assert.Equal((expected[0], expected[1]), (answeredBy.Count(static name => name == "first"), answeredBy.Count(static name => name == "second")));
    }
}
