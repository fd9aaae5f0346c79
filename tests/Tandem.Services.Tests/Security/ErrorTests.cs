using System.Net;
using Microsoft.Extensions.Logging;
using Tandem.Gateway;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Security;

/// <summary>What a client is told when something breaks, and what stands in the log then.</summary>
public sealed class ErrorTests
{
    [Fact]
    public async Task Failure_NobodyExpected_TellsNothingButItsTrace()
    {
        await using var server = await RealServer.StartAsync();

        using var response = await server.Client.GetAsync(Http.At("/broken/1"));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("traceId", text, StringComparison.Ordinal);
        Assert.DoesNotContain("the-password-of-the-database", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_OfAPathWithLineBreaks_StaysOneLine()
    {
        var logs = new CapturedLogs();
        await using var server = await RealServer.StartAsync(logs: logs);

        using var response = await server.Client.GetAsync(Http.At("/broken/a%0d%0a12:00:00%20info:%20admin%20signed%20in%1b%5b31m"));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var entry = Assert.Single(logs.Entries, static entry => entry.Level == LogLevel.Error);
        Assert.Contains("%0D%0A", entry.Fields["Path"], StringComparison.Ordinal);
        Assert.DoesNotContain(entry.Text.Split("\nSystem.", 2)[0], static c => char.IsControl(c));
    }

    [Theory]
    [InlineData("/nothing/here")]
    [InlineData("/broken/%00")]
    [InlineData("/%")]
    public async Task Path_OfNothing_IsAPlainError(string path)
    {
        await using var server = await RealServer.StartAsync();

        using var response = await server.Client.GetAsync(Http.At(path));

        Assert.InRange((int)response.StatusCode, 400, 404);
        Assert.DoesNotContain("Exception", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_OfAService_NamesNoSoftware()
    {
        await using var server = await RealServer.StartAsync();

        using var response = await server.Client.GetAsync(Http.At("/health/live"));

        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("X-Powered-By"));
    }

    [Fact]
    public async Task Gateway_OverHttps_AsksForHttpsFromThenOn()
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();
        client.BaseAddress = new Uri("https://localhost");

        using var response = await client.GetAsync(Http.At("/health/live"));

        Assert.StartsWith("max-age=31536000", response.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
    }
}
