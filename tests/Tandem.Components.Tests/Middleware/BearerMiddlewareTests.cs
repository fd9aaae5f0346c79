using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tandem.Components.Http.Middleware.Bearer;
using Tandem.Components.Metadata;
using Tandem.Testing;

namespace Tandem.Components.Tests.Middleware;

public sealed class BearerMiddlewareTests : IDisposable
{
    private const string Issuer = "http://issuer.test";

    private readonly ManualTimeProvider _time = new();
    private readonly IssuerDouble _issuer = new();

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task Invoke_TokenOfTheIssuer_Passes()
    {
        using var bearer = await StartAsync();

        Assert.Null(await RefusalAsync(bearer, $"Bearer {Token()}"));
        Assert.Null(await RefusalAsync(bearer, $"bearer {Token()}"));
    }

    [Fact]
    public async Task Invoke_WithoutGoodToken_Is401AndSaysWhy()
    {
        using var bearer = await StartAsync();
        using var stranger = RSA.Create(2048);
        var foreign = new RsaSecurityKey(stranger) { KeyId = _issuer.Key.KeyId };

        Assert.Equal("a bearer token is required", await RefusalAsync(bearer, null));
        Assert.Equal("a bearer token is required", await RefusalAsync(bearer, "Basic YTpi"));
        Assert.Equal("the token cannot be read", await RefusalAsync(bearer, "Bearer nonsense"));
        Assert.Equal("the token is for another audience", await RefusalAsync(bearer, $"Bearer {Token(audience: "others")}"));
        Assert.Equal("the token is of another issuer", await RefusalAsync(bearer, $"Bearer {Token(issuer: "http://other.test")}"));
        Assert.Equal("the token's signature is wrong", await RefusalAsync(bearer, $"Bearer {Token(key: foreign)}"));
        Assert.Equal("the token is not valid at this time", await RefusalAsync(bearer, $"Bearer {Token(lifetime: TimeSpan.FromMinutes(-6))}"));
        Assert.Null(await RefusalAsync(bearer, $"Bearer {Token(lifetime: TimeSpan.FromMinutes(-4))}"));
    }

    [Fact]
    public async Task Invoke_TokenWithoutSignatureOrSignedWithThePublicKey_IsRefused()
    {
        using var bearer = await StartAsync();
        var header = Base64UrlEncoder.Encode("{\"alg\":\"none\"}");
        var claims = Base64UrlEncoder.Encode($"{{\"iss\":\"{Issuer}\",\"aud\":\"app\",\"exp\":4000000000}}");
        var published = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(_issuer.Key.Rsa.ExportRSAPublicKeyPem())) { KeyId = _issuer.Key.KeyId };

        Assert.NotNull(await RefusalAsync(bearer, $"Bearer {header}.{claims}."));
        Assert.NotNull(await RefusalAsync(bearer, $"Bearer {Token(key: published, algorithm: SecurityAlgorithms.HmacSha256)}"));
    }

    [Fact]
    public async Task Invoke_IssuerChangedItsKey_IsAskedAgainButNotForEachToken()
    {
        using var bearer = await StartAsync();
        var asked = _issuer.KeysAsked;
        using var next = RSA.Create(2048);
        _issuer.Key = new RsaSecurityKey(next) { KeyId = "second" };

        Assert.NotNull(await RefusalAsync(bearer, $"Bearer {Token()}"));
        Assert.Equal(asked, _issuer.KeysAsked);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null(await RefusalAsync(bearer, $"Bearer {Token()}"));
        Assert.Equal(asked + 1, _issuer.KeysAsked);
    }

    [Fact]
    public async Task Invoke_IssuerIsDown_KnownKeysStay()
    {
        using var bearer = await StartAsync();
        _issuer.IsDown = true;
        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.Null(await RefusalAsync(bearer, $"Bearer {Token()}"));
        Assert.Null(await RefusalAsync(bearer, $"Bearer {Token()}"));
    }

    [Fact]
    public async Task Initialize_WithoutJwksUrl_AsksTheDiscoveryDocument()
    {
        using var bearer = await StartAsync(new BearerOptions(Issuer, "app", null));

        Assert.Null(await RefusalAsync(bearer, $"Bearer {Token()}"));
    }

    [Theory]
    [InlineData("http://issuer.test/empty", "holds no key")]
    [InlineData("http://issuer.test/text", "is no JSON Web Key Set")]
    [InlineData("http://issuer.test/missing", "cannot be read")]
    public async Task Initialize_NoKeys_IsAFaultThatSaysWhere(string url, string problem)
    {
        var exception = await Assert.ThrowsAsync<ComponentMetadataException>(() => StartAsync(new BearerOptions(Issuer, "app", new Uri(url))));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.Contains(url, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("issuer", "audience")]
    [InlineData("audience", "issuer")]
    public void Parse_FieldMissing_IsNamed(string given, string missing)
    {
        var metadata = new ComponentMetadata(new Dictionary<string, string> { [given] = "http://a.test" });

        Assert.Equal(missing, Assert.Throws<ComponentMetadataException>(() => BearerOptions.Parse(metadata)).Field);
    }

    private async Task<BearerMiddleware> StartAsync(BearerOptions? options = null)
    {
        var bearer = new BearerMiddleware(
            options ?? new BearerOptions(Issuer, "app", new Uri($"{Issuer}/keys")), _issuer, _time, NullLogger<BearerMiddleware>.Instance);
        await bearer.InitializeAsync(default).WithinAsync();
        return bearer;
    }

    private string Token(SecurityKey? key = null, string audience = "app", string issuer = Issuer, string algorithm = SecurityAlgorithms.RsaSha256, TimeSpan? lifetime = null)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = now.AddHours(-1),
            Expires = now + (lifetime ?? TimeSpan.FromMinutes(1)),
            SigningCredentials = new SigningCredentials(key ?? _issuer.Key, algorithm),
        });
    }

    /// <summary>What the caller is told, or nothing when the request passes.</summary>
    private static async Task<string?> RefusalAsync(BearerMiddleware bearer, string? authorization)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = authorization;
        using var body = new MemoryStream();
        http.Response.Body = body;
        var passed = false;
        await bearer.InvokeAsync(http, _ =>
        {
            passed = true;
            return Task.CompletedTask;
        });
        if (passed)
        {
            return null;
        }

        Assert.Equal(401, http.Response.StatusCode);
        Assert.StartsWith("Bearer", http.Response.Headers.WWWAuthenticate, StringComparison.Ordinal);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    /// <summary>Publishes its public key at <c>/keys</c>.</summary>
    private sealed class IssuerDouble : HttpMessageHandler
    {
        private readonly RSA _first = RSA.Create(2048);

        public IssuerDouble() => Key = new RsaSecurityKey(_first) { KeyId = "first" };

        public RsaSecurityKey Key { get; set; }

        public bool IsDown { get; set; }

        public int KeysAsked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(IsDown ? throw new HttpRequestException("down") : request.RequestUri!.AbsolutePath switch
            {
                "/keys" => Answer(Keys()),
                "/.well-known/openid-configuration" => Answer($"{{\"issuer\":\"{Issuer}\",\"jwks_uri\":\"{Issuer}/keys\"}}"),
                "/empty" => Answer("{\"keys\":[]}"),
                "/text" => Answer("<html>"),
                _ => new HttpResponseMessage(HttpStatusCode.NotFound),
            });

        protected override void Dispose(bool disposing)
        {
            _first.Dispose();
            base.Dispose(disposing);
        }

        private string Keys()
        {
            KeysAsked++;
            var parameters = Key.Rsa.ExportParameters(false);
            return $"{{\"keys\":[{{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"{Key.KeyId}\",\"n\":\"{Base64UrlEncoder.Encode(parameters.Modulus)}\",\"e\":\"{Base64UrlEncoder.Encode(parameters.Exponent)}\"}}]}}";
        }

        private static HttpResponseMessage Answer(string text) => new() { Content = new StringContent(text) };
    }
}
