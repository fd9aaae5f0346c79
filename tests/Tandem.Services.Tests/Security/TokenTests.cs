using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Tandem.Gateway;
using Tandem.Identity.Tokens;
using Tandem.Product;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Gateway;
using Tandem.Services.Tests.Identity;

namespace Tandem.Services.Tests.Security;

/// <summary>Tokens are checked by each service for itself, and at the gateway before.</summary>
[Collection(nameof(SecuredMesh))]
public sealed class TokenTests(SecuredMesh mesh)
{
    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryRoute_WithAForgedToken_Is401(string name)
    {
        var service = mesh[name];
        using var client = service.CreateClient();
        List<string> accepted = [];

        foreach (var route in service.GuardedRoutes)
        {
            foreach (var (what, token) in ForgedTokens.Of(service.Credentials))
            {
                using var request = route.RequestAbout(service.Owner, service.OwnersId);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if (response.StatusCode != HttpStatusCode.Unauthorized)
                {
                    accepted.Add($"{route.Key} with {what}: {(int)response.StatusCode}");
                }
            }
        }

        Assert.Empty(accepted);
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryRoute_WithATokenInTheAddress_Is401(string name)
        => Assert.Empty(await AcceptedAsync(name, static (request, token) =>
        {
            var address = request.RequestUri!.OriginalString;
            request.RequestUri = new Uri($"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}access_token={token}&token={token}", UriKind.Relative);
        }));

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryRoute_WithATokenInACookie_Is401(string name)
        => Assert.Empty(await AcceptedAsync(name, static (request, token) => request.Headers.Add("Cookie", $"access_token={token}; Authorization={token}; token={token}")));

    [Theory]
    [InlineData("order", "/orders")]
    [InlineData("identity", "/users/me")]
    public async Task Route_WithATokenThatHasNothingWrong_IsNot401(string name, string path)
    {
        using var client = mesh[name].ClientOf(ForgedTokens.Good(mesh[name].Credentials));

        using var response = await client.GetAsync(Http.At(path));

        Assert.NotEqual(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.True((int)response.StatusCode < 500, response.StatusCode.ToString());
    }

    [Fact]
    public async Task Gateway_WithAForgedToken_PassesNothingOn()
    {
        var asked = 0;
        await using var destination = await Destination.StartAsync("order", context =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await using var gateway = new ServiceApplication<GatewayService>();
        gateway.With("RATE_LIMIT_ENABLED", "false").With("ORDER_SERVICE_URLS", destination.Url).With("PRODUCT_SERVICE_URLS", destination.Url);
        await gateway.StartAsync();
        using var client = gateway.CreateAnonymousClient();

        foreach (var (what, token) in ForgedTokens.Of(TestTokens.Credentials))
        {
            foreach (var path in (string[])["/api/orders", "/api/v1/products", "/admin/status"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using var response = await client.SendAsync(request);
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{path} with {what}: {response.StatusCode}");
            }
        }

        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Token_OfAKeyThatIdentityTookBack_IsRefusedFiveMinutesLater()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var product = new ServiceApplication<ProductService> { Clock = clock };
        await product.StartAsync();
        using var admin = product.CreateAdminClient();
        await admin.DeleteAsync("/products/999999", HttpStatusCode.NotFound);
        product.Sidecar.Answer("identity", static _ => InvokedAnswer.Json(new { keys = Array.Empty<object>() }));

        clock.Advance(TimeSpan.FromMinutes(6));

        await admin.DeleteAsync("/products/999999", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Keys_WhileIdentityIsAway_StayGoodForAnHourAndNoLonger()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var product = new ServiceApplication<ProductService> { Clock = clock };
        await product.StartAsync();
        using var admin = product.CreateAdminClient();
        await admin.DeleteAsync("/products/999999", HttpStatusCode.NotFound);
        product.Sidecar.Answer("identity", static _ => new InvokedAnswer(500, "{}"));

        clock.Advance(TimeSpan.FromMinutes(50));
        await admin.DeleteAsync("/products/999999", HttpStatusCode.NotFound);
        clock.Advance(TimeSpan.FromMinutes(20));

        await admin.DeleteAsync("/products/999999", HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Keys_WithInventedIdsAsked_DoNotBecomeAFloodOfRequests()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var product = new ServiceApplication<ProductService> { Clock = clock };
        await product.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        for (var i = 0; i < 50; i++)
        {
            using var client = product.CreateClient();
            var credentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = $"invented-{i}" }, SecurityAlgorithms.EcdsaSha256);
            client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create(Ids.New(), credentials: credentials));
            await client.DeleteAsync("/products/999999", HttpStatusCode.Unauthorized);
        }

        Assert.Equal(1, product.Sidecar.Invoked.Count(static request => request.AppId == "identity"));
    }

    [Fact]
    public async Task Token_SignedWithAKeyThatIsGone_IsRefusedAtIdentity()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var identity = new IdentityApplication { Clock = clock };
        await identity.StartAsync();
        var keys = identity.Services.GetRequiredService<KeyRing>();
        var database = identity.Services.GetRequiredService<Database>();
        var forever = TestTokens.Create(Ids.New(), [TandemClaims.AdminRole], credentials: keys.Current);
        using var client = identity.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", forever);
        await client.GetAsync($"/users/{Ids.New()}", HttpStatusCode.NotFound);

        // Stands still between, so that the timer's round is not waited for.
        foreach (var step in (TimeSpan[])[TimeSpan.FromDays(30), TimeSpan.FromHours(2), TimeSpan.FromHours(2)])
        {
            clock.Advance(step);
            await keys.RefreshAsync(database, CancellationToken.None);
        }

        await client.GetAsync($"/users/{Ids.New()}", HttpStatusCode.Unauthorized);
    }

    private async Task<IReadOnlyList<string>> AcceptedAsync(string name, Action<HttpRequestMessage, string> put)
    {
        var service = mesh[name];
        using var client = service.CreateClient();
        List<string> accepted = [];
        foreach (var route in service.GuardedRoutes)
        {
            using var request = route.RequestAbout(service.Owner, service.OwnersId);
            put(request, service.OwnerToken);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (response.StatusCode != HttpStatusCode.Unauthorized)
            {
                accepted.Add($"{route.Key}: {(int)response.StatusCode}");
            }
        }

        return accepted;
    }
}
