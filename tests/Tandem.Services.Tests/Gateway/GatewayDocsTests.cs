using System.Net;
using System.Text.RegularExpressions;
using Tandem.Gateway;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Gateway;

public sealed partial class GatewayDocsTests(ServiceApplication<GatewayService> gateway) : IClassFixture<ServiceApplication<GatewayService>>
{
    [Theory]
    [InlineData("/docs", "text/html")]
    [InlineData("/docs/", "text/html")]
    [InlineData("/docs/docs.css", "text/css")]
    [InlineData("/docs/docs.js", "text/javascript")]
    [InlineData("/docs/model.js", "text/javascript")]
    [InlineData("/docs/tryout.js", "text/javascript")]
    public async Task Page_ComesFromTheGatewayAloneAndMayLoadNothingElse(string path, string type)
    {
        using var client = gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(Http.At(path));

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.NotNull(response.Headers.ETag);
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotMatch(ElsewhereOrInline(), text);
    }

    [Fact]
    public async Task Page_NamesOnlyFilesThatAreThere()
    {
        using var client = gateway.CreateAnonymousClient();
        var page = await client.GetStringAsync(Http.At("/docs"));

        foreach (Match file in Named().Matches(page))
        {
            using var response = await client.GetAsync(Http.At(file.Groups[1].Value));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(2, Named().Count(page));
    }

    [Theory]
    [InlineData("/docs/nothing.js")]
    [InlineData("/docs/..%2fappsettings.json")]
    public async Task File_ThatIsNoneOfThePage_IsNotFound(string path)
    {
        using var client = gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(Http.At(path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Answers_OfTheApi_KeepTheStrictPolicy()
    {
        using var client = gateway.CreateAnonymousClient();

        using var response = await client.GetAsync(Http.At("/openapi/v1.json"));

        Assert.StartsWith("default-src 'none'; frame-ancestors", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    /// <summary>An address of another server in the markup, or a script or style that is not a file.</summary>
    [GeneratedRegex("""(src|href)="https?:|<script>|<style|\son[a-z]+=|\sstyle=|@import|url\(""")]
    private static partial Regex ElsewhereOrInline();

    [GeneratedRegex("""(?:src|href)="(/docs/[^"]+)""")]
    private static partial Regex Named();
}
