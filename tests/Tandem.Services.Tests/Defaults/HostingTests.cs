using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tandem.Services.Tests.Defaults;

public sealed class HostingTests
{
    [Fact]
    public async Task Request_BeforeTheServiceIsReady_WaitsForIt()
    {
        var clock = new ManualTimeProvider();
        await using var service = await TestService.StartAsync(
            static app => app.MapGet("/hello", static () => "hello").AllowAnonymous(), time: clock, database: "a-late-secret", waitUntilReady: false);
        using var client = service.Client;
        using var ready = await client.GetAsync(Http.At("/health/ready"));

        var early = client.GetAsync(Http.At("/hello"));
        service.Sidecar.Secrets["a-late-secret"] = "Data Source=late.db";
        using var answer = await AdvanceUntilAsync(clock, early, TimeSpan.FromMilliseconds(100));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Request_BeforeTheServiceIsReady_Is503WithRetryAfterInTheEndAndHealthSaysSo()
    {
        var clock = new ManualTimeProvider();
        await using var service = await TestService.StartAsync(
            static app => app.MapGet("/hello", static () => "hello").AllowAnonymous(),
            time: clock,
            database: "a-secret-that-is-missing",
            waitUntilReady: false);
        using var client = service.Client;

        using var early = await AdvanceUntilAsync(clock, client.GetAsync(Http.At("/hello")), TimeSpan.FromSeconds(1));
        using var ready = await client.GetAsync(Http.At("/health/ready"));
        using var live = await client.GetAsync(Http.At("/health/live"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), early.Headers.RetryAfter?.Delta);
        Assert.Equal("application/problem+json", early.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("unhealthy", (await ready.Content.ReadFromJsonAsync<JsonElement>()).Text("status"));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task Endpoint_ThatThrows_AnswersAProblemWithoutTheReason()
    {
        await using var service = await TestService.StartAsync(static app =>
            app.MapGet("/broken", static string () => throw new InvalidOperationException("a secret detail")).AllowAnonymous());
        using var client = service.Client;

        using var response = await client.GetAsync(Http.At("/broken"));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.NotEmpty(JsonDocument.Parse(text).RootElement.Text("traceId"));
    }

    [Fact]
    public async Task Endpoint_WithoutAPolicy_IsForSignedInUsersOnly()
    {
        await using var service = await TestService.StartAsync(static app => app.MapGet("/forgotten", static () => "hello"));
        using var client = service.Client;

        var problem = await client.GetAsync("/forgotten", HttpStatusCode.Unauthorized);

        Assert.Equal(401, problem.Number("status"));
    }

    [Fact]
    public async Task Json_OfService_IsStrictAndInUtc()
    {
        await using var service = await TestService.StartAsync(static app =>
            app.MapPost("/echo", static (Echo echo) => TypedResults.Ok(echo)).AllowAnonymous());
        using var client = service.Client;

        var echo = await client.PostAsync("/echo", new { at = "2026-01-02T05:04:05+02:00", kind = "two_words" }, HttpStatusCode.OK);

        Assert.Equal("2026-01-02T03:04:05Z", echo.Text("at"));
        Assert.Equal("two_words", echo.Text("kind"));
        await client.PostAsync("/echo", new { at = "yesterday", kind = "two_words" }, HttpStatusCode.BadRequest);
        await client.PostAsync("/echo", new { at = "2026-01-02T05:04:05Z", kind = 1 }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task OpenApi_OfService_ListsItsRoutes()
    {
        await using var service = await TestService.StartAsync(static app => app.MapGet("/hello", static () => "hello").AllowAnonymous());
        using var client = service.Client;

        var document = await client.GetAsync("/openapi/v1.json", HttpStatusCode.OK);

        Assert.True(document.GetProperty("paths").TryGetProperty("/hello", out _));
    }

    /// <summary>Lets time pass until there is an answer.</summary>
    private static async Task<HttpResponseMessage> AdvanceUntilAsync(ManualTimeProvider clock, Task<HttpResponseMessage> answer, TimeSpan step)
    {
        while (!answer.IsCompleted)
        {
            clock.Advance(step);
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(5)));
        }

        return await answer;
    }

    private enum Kind
    {
        OneWord,
        TwoWords,
    }

    private sealed record Echo(DateTimeOffset At, Kind Kind);
}
