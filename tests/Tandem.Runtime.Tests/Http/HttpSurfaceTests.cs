using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tandem.Runtime.Tests.Support;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Http;

public sealed class HttpSurfaceTests
{
    [Fact]
    public async Task ApiPort_Http2WithoutTls_IsSpokenBesideHttp1()
    {
        await using var app = await TestApp.StartAsync(static http => http.Response.WriteAsync($"{http.Request.Method} {http.Request.Path}"));
        await using var pair = await SidecarPair.StartAsync(app, apart: false);
        using var client = new HttpClient();
        foreach (var version in new[] { HttpVersion.Version20, HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, pair.Url("a"))
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new StringContent(new string('x', 100_000)),
            };
            using var answer = await client.SendAsync(request).WithinAsync();

            Assert.Equal(version, answer.Version);
            Assert.Equal("POST /a", await answer.Content.ReadAsStringAsync().WithinAsync());
        }
    }

    [Theory]
    [InlineData("h2c")]
    [InlineData("https")]
    public async Task AppProtocol_OtherThanHttp_ReachesTheApp(string protocol)
    {
        using var certificate = CreateCertificate();
        await using var app = await TestApp.StartAsync(
            static http => http.Response.WriteAsync($"{http.Request.Protocol} {http.Request.Scheme}"),
            protocol is "h2c" ? HttpProtocols.Http2 : HttpProtocols.Http1,
            listen =>
            {
                if (protocol is "https")
                {
                    listen.UseHttps(certificate);
                }
            });
        await using var pair = await SidecarPair.StartAsync(app, apart: false, callee: options => options with { AppProtocol = protocol, AppChannelAddress = "localhost" });
        using var client = new HttpClient();

        Assert.Equal(protocol is "h2c" ? "HTTP/2 http" : "HTTP/1.1 https", await client.GetStringAsync(pair.Url("a")).WithinAsync());
    }

    [Fact]
    public async Task Headers_OfOneConnection_StayThere()
    {
        await using var app = await TestApp.StartAsync(static http =>
        {
            http.Response.Headers.Connection = "x-answer-hop";
            http.Response.Headers["x-answer-hop"] = "1";
            http.Response.Headers["x-answer"] = "1";
            return http.Response.WriteAsync(string.Join(',', http.Request.Headers.Select(static header => header.Key.ToUpperInvariant())));
        });
        await using var pair = await SidecarPair.StartAsync(app, apart: true);

        var answer = await RawHttp.SendAsync(
            pair.Port,
            "GET /v1.0/invoke/callee/method/a HTTP/1.1\r\nHost: a\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-Kept: 1\r\nTE: trailers\r\nKeep-Alive: 5\r\nProxy-Authorization: secret\r\ntandem-peer-token: guessed\r\ntandem-caller-trust-domain: guessed\r\n\r\n",
            default).WithinAsync();

        Assert.Equal("1", answer.Header("x-answer"));
        Assert.Null(answer.Header("x-answer-hop"));
        var names = answer.Body.Split(',');
        Assert.Contains("X-KEPT", names);
        Assert.Empty(names.Intersect(["X-HOP", "TE", "KEEP-ALIVE", "PROXY-AUTHORIZATION", "TANDEM-PEER-TOKEN", "TANDEM-CALLER-TRUST-DOMAIN"]));
    }

    [Theory]
    [InlineData("https://page.test", "https://page.test", true)]
    [InlineData("*", "https://any.test", true)]
    [InlineData("https://page.test", "https://other.test", false)]
    [InlineData(null, "https://page.test", false)]
    public async Task Cors_Origin_IsAllowedWhereTheFlagSays(string? allowed, string origin, bool isAllowed)
    {
        await using var app = await TestApp.StartAsync(static http => http.Response.WriteAsync("answer"));
        await using var pair = await SidecarPair.StartAsync(app, apart: false, caller: options => options with { AllowedOrigins = allowed, ApiToken = "token" });
        using var client = new HttpClient();
        using var before = new HttpRequestMessage(HttpMethod.Options, pair.Url("a"));
        before.Headers.Add("Origin", origin);
        before.Headers.Add("Access-Control-Request-Method", "PUT");
        before.Headers.Add("Access-Control-Request-Headers", "dapr-api-token");
        using var request = new HttpRequestMessage(HttpMethod.Get, pair.Url("a"));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("dapr-api-token", "token");

        // A browser sends no token when it asks beforehand.
        using var preflight = await client.SendAsync(before).WithinAsync();
        using var answer = await client.SendAsync(request).WithinAsync();

        Assert.Equal(allowed is null ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, preflight.StatusCode);
        Assert.Equal(isAllowed, preflight.Headers.Contains("Access-Control-Allow-Methods"));
        Assert.Equal(isAllowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("answer", await answer.Content.ReadAsStringAsync().WithinAsync());
    }

    [Fact]
    public async Task AppMaxConcurrency_MoreCallsThanAllowed_WaitAndGiveUpWithTheirCaller()
    {
        var began = new SemaphoreSlim(0);
        var goOn = new SemaphoreSlim(0);
        var (running, most) = (0, 0);
        await using var app = await TestApp.StartAsync(async http =>
        {
            if (!http.Request.Path.StartsWithSegments("/work"))
            {
                return;
            }

            most = Math.Max(most, Interlocked.Increment(ref running));
            began.Release();
            await goOn.WaitAsync(TimeSpan.FromSeconds(30));
            Interlocked.Decrement(ref running);
        });
        await using var pair = await SidecarPair.StartAsync(app, apart: true, callee: static options => options with { AppMaxConcurrency = 2 });
        using var client = new HttpClient();
        using var impatient = new CancellationTokenSource();

        var calls = Enumerable.Range(0, 2).Select(_ => client.GetAsync(pair.Url("work"))).ToList();
        await began.WaitAsync().WithinAsync();
        await began.WaitAsync().WithinAsync();
        var givenUp = client.GetAsync(pair.Url("work"), impatient.Token);
        calls.Add(client.GetAsync(pair.Url("work")));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        goOn.Release(3);

        foreach (var call in calls)
        {
            using var answer = await call.WithinAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(2, most);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AccessControl_CallerThatMayNot_Gets403AndTheAppIsNotCalled(bool apart)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["config.yaml"], """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: config }
            spec:
              accessControl:
                defaultAction: deny
                policies:
                - appId: caller
                  namespace: NAMESPACE
                  trustDomain: public
                  operations:
                  - { name: /open/*, httpVerb: [GET], action: allow }
            """);
        var called = 0;
        await using var app = await TestApp.StartAsync(http =>
        {
            called += http.Request.Path.StartsWithSegments("/open") || http.Request.Path.StartsWithSegments("/closed") ? 1 : 0;
            return http.Response.WriteAsync("answer");
        });
        await using var pair = await SidecarPair.StartAsync(app, apart, callee: options =>
        {
            File.WriteAllText(folder["config.yaml"], File.ReadAllText(folder["config.yaml"]).Replace("NAMESPACE", options.Namespace, StringComparison.Ordinal));
            return options with { ConfigPaths = [folder["config.yaml"]] };
        });
        using var client = new HttpClient();

        Assert.Equal("answer", await client.GetStringAsync(pair.Url("open/door")).WithinAsync());
        using var wrongPath = await client.GetAsync(pair.Url("closed")).WithinAsync();
        using var wrongVerb = await client.PostAsync(pair.Url("open/door"), null).WithinAsync();

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, 1), (wrongPath.StatusCode, wrongVerb.StatusCode, called));
        var body = await wrongPath.Content.ReadAsStringAsync().WithinAsync();
        Assert.Contains("ERR_DIRECT_INVOKE", body, StringComparison.Ordinal);
        Assert.Contains("access control policy has denied access", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AppHttpPipeline_Calls_PassItWhereverTheCallerIs(bool apart)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["upper.yaml"], """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: upper }
            spec: { type: middleware.http.uppercase }
            """);
        await File.WriteAllTextAsync(folder["config"], """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: config }
            spec: { appHttpPipeline: { handlers: [{ name: upper, type: middleware.http.uppercase }] } }
            """);
        await using var app = await TestApp.StartAsync(static async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            await http.Response.WriteAsync($"{http.Request.Path}{http.Request.QueryString} {await reader.ReadToEndAsync()} {http.Request.Headers["dapr-caller-app-id"]}");
        });
        await using var pair = await SidecarPair.StartAsync(app, apart, callee: options => options with { ResourcesPaths = [folder.Path], ConfigPaths = [folder["config"]] });
        using var client = new HttpClient();
        using var words = new StringContent("words é", Encoding.UTF8, "text/plain");

        using var answer = await client.PostAsync(pair.Url("echo?x=1"), words).WithinAsync();

        Assert.Equal("/echo?x=1 WORDS É caller", await answer.Content.ReadAsStringAsync().WithinAsync());
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
