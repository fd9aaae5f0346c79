using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Tandem.Product;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

/// <summary>Tokens, held against an endpoint that only admins may call.</summary>
public sealed class AuthTests(ServiceApplication<ProductService> application) : IClassFixture<ServiceApplication<ProductService>>
{
    private static readonly string[] Admin = [TandemClaims.AdminRole];

    [Fact]
    public async Task Token_OfIdentity_IsAccepted()
        => Assert.Equal(HttpStatusCode.NotFound, await TryAsync(TestTokens.Create(Ids.New(), Admin)));

    [Fact]
    public async Task Token_OfAnotherRole_Is403()
        => Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(TestTokens.Create(Ids.New(), ["administrator"])));

    [Fact]
    public async Task Token_Expired_Is401()
        => Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(TestTokens.Create(Ids.New(), Admin, expires: DateTimeOffset.UtcNow.AddMinutes(-2))));

    [Fact]
    public async Task Token_OfAnotherIssuer_Is401()
        => Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(TestTokens.Create(Ids.New(), Admin, issuer: "somebody")));

    [Fact]
    public async Task Token_ForAnotherAudience_Is401()
        => Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(TestTokens.Create(Ids.New(), Admin, audience: "somebody")));

    [Theory]
    [InlineData("test-key")]
    [InlineData("unknown-key")]
    public async Task Token_SignedWithAnotherKey_Is401(string keyId)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var credentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = keyId }, SecurityAlgorithms.EcdsaSha256);

        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(TestTokens.Create(Ids.New(), Admin, credentials: credentials)));
    }

    [Fact]
    public async Task Token_SignedWithThePublicKeyAsSecret_Is401()
    {
        var secret = SHA256.HashData(Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(TestTokens.Jwks)));
        var credentials = new SigningCredentials(new SymmetricSecurityKey(secret) { KeyId = "test-key" }, SecurityAlgorithms.HmacSha256);

        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(TestTokens.Create(Ids.New(), Admin, credentials: credentials)));
    }

    [Fact]
    public async Task Token_Tampered_Is401()
    {
        var parts = TestTokens.Create(Ids.New()).Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("\"customer\"", "\"admin\"", StringComparison.Ordinal);
        var none = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT","kid":"test-key"}""");

        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync($"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync($"{none}.{Base64UrlEncoder.Encode(payload)}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync($"{none}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("....")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")]
    public async Task Token_ThatIsNone_Is401(string token) => Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(token));

    [Fact]
    public async Task Token_WhileIdentityIsAway_Is503WithRetryAfter()
    {
        await using var own = new ServiceApplication<ProductService>();
        own.Sidecar.Answer("identity", static _ => new InvokedAnswer(500, "{}"));
        await own.StartAsync();
        using var client = own.CreateAdminClient();

        using var response = await client.DeleteAsync(Http.At("/products/999999"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Keys_AreFetchedOnceForManyRequests()
    {
        await using var own = new ServiceApplication<ProductService>();
        await own.StartAsync();
        using var client = own.CreateAdminClient();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.DeleteAsync("/products/999999", HttpStatusCode.NotFound)));

        Assert.Equal(1, own.Sidecar.Invoked.Count(static request => request.AppId == "identity"));
    }

    [Fact]
    public async Task UnknownPathOrMethod_ForAnyone_Is404Or405()
    {
        using var client = application.CreateAnonymousClient();

        await client.GetAsync("/nothing/here", HttpStatusCode.NotFound);
        await client.PostAsync("/products/categories", null, HttpStatusCode.MethodNotAllowed);
        await client.DeleteAsync("/products", HttpStatusCode.MethodNotAllowed);
    }

    private async Task<HttpStatusCode> TryAsync(string token)
    {
        using var client = application.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.DeleteAsync(Http.At("/products/999999"));
        return response.StatusCode;
    }
}
