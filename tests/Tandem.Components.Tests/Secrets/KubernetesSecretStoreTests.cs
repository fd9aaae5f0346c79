using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Components.Http.Kubernetes;
using Tandem.Components.Metadata;
using Tandem.Components.Secrets;
using Tandem.Testing;

namespace Tandem.Components.Tests.Secrets;

/// <summary>Against a double of the cluster's API that checks token, namespace and path, and gives lists in pages.</summary>
public sealed class KubernetesSecretStoreTests : SecretStoreConformance, IAsyncLifetime
{
    private readonly X509Certificate2 _certificate = TestCertificates.ForLocalhost();
    private readonly Dictionary<string, Dictionary<string, string>> _secrets = new()
    {
        ["token"] = new() { ["token"] = "t-1" },
        ["db"] = new() { ["user"] = "ann", ["password"] = "pä" },
        ["empty"] = [],
    };

    private WebApplication _api = null!;
    private string _token = "jwt-1";

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.ConfigureHttpsDefaults(https => https.ServerCertificate = _certificate));
        _api = builder.Build();
        _api.Urls.Add("https://127.0.0.1:0");
        _api.MapGet("/version", static () => new { major = "1" });
        _api.MapGet("/api/v1/namespaces/shop/secrets/{name}", (string name, HttpRequest request)
            => Allowed(request) ?? (_secrets.ContainsKey(name) ? Results.Json(Secret(name)) : Status(404, $"secrets \"{name}\" not found")));
        _api.MapGet("/api/v1/namespaces/shop/secrets", (HttpRequest request) => Allowed(request) ?? Page(request));
        _api.MapFallback((HttpRequest request) => Allowed(request) ?? Status(403, "forbidden: another namespace"));
        await _api.StartAsync();
        await File.WriteAllTextAsync(Folder["token"], "jwt-1");
        await File.WriteAllTextAsync(Folder["ca.crt"], _certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Folder["namespace"], "shop\n");
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _api.DisposeAsync();
        _certificate.Dispose();
    }

    private protected override Task<ISecretStore> CreateAsync() => StartAsync();

    [Fact]
    public async Task Get_SeveralValues_GivesThemDecoded()
    {
        var store = await StartAsync();
        Assert.Equal(new Dictionary<string, string> { ["user"] = "ann", ["password"] = "pä" }, await store.GetAsync("db", default));
        Assert.Empty((await store.GetAsync("empty", default))!);
        Assert.Null(await store.GetAsync("none", default));
        Assert.Null(await store.GetAsync("../../default/secrets/db", default));
        Assert.Equal(["db", "empty", "token"], (await store.GetAllAsync(default)).Keys.Order());
    }

    [Fact]
    public async Task Get_TokenWasReplaced_ReadsTheNewOne()
    {
        var store = await StartAsync();
        _token = "jwt-2";
        var fault = await Assert.ThrowsAsync<HttpRequestException>(async () => await store.GetAsync("db", default));
        Assert.Contains("401", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("jwt-1", fault.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(Folder["token"], "jwt-2");
        Assert.NotNull(await store.GetAsync("db", default));
    }

    [Fact]
    public async Task Get_NotAllowed_SaysWhatTheApiSays()
    {
        var store = await StartAsync(("defaultNamespace", "other"));
        Assert.Contains("forbidden: another namespace", (await Assert.ThrowsAsync<HttpRequestException>(async () => await store.GetAsync("db", default))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(async () => await store.GetAllAsync(default));
    }

    [Fact]
    public async Task Start_ApiOfAnotherAuthority_IsRefused()
    {
        using var other = TestCertificates.ForLocalhost();
        await File.WriteAllTextAsync(Folder["ca.crt"], other.ExportCertificatePem());
        Assert.Contains("TLS", (await Assert.ThrowsAsync<ComponentMetadataException>(() => StartAsync())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("named", "given", "named")]
    [InlineData(null, "given", "given")]
    [InlineData("", null, "shop")]
    public void Parse_Namespace_IsTheSidecarsThenTheComponentsThenThePods(string? variable, string? field, string expected)
        => Assert.Equal(expected, Parse(field is null ? [] : [("defaultNamespace", field)], name => name is "NAMESPACE" ? variable : "1").Namespace);

    [Fact]
    public void Parse_OutsideACluster_SaysSo()
        => Assert.Contains("cluster", Assert.Throws<InvalidOperationException>(() => Parse([], static _ => null)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_Kubeconfig_IsRefused()
        => Assert.Equal("kubeconfigPath", Assert.Throws<ComponentMetadataException>(() => Parse([("kubeconfigPath", "~/.kube/config")], static _ => "1")).Field);

    private IResult? Allowed(HttpRequest request) => request.Headers.Authorization == $"Bearer {_token}" ? null : Status(401, "Unauthorized");

    private static IResult Status(int code, string message) => Results.Json(new { kind = "Status", message }, statusCode: code);

    private object Secret(string name) => new
    {
        metadata = new { name },
        data = _secrets[name].Count == 0 ? null : _secrets[name].ToDictionary(static value => value.Key, static value => Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Value))),
    };

    /// <summary>One secret a page, whatever was asked for.</summary>
    private IResult Page(HttpRequest request)
    {
        var at = int.TryParse(request.Query["continue"], out var given) ? given : 0;
        var next = at + 1 < _secrets.Count ? $"{at + 1}" : "";
        return Results.Json(new { metadata = new Dictionary<string, string> { ["continue"] = next }, items = new[] { Secret(_secrets.Keys.ElementAt(at)) } });
    }

    private KubernetesOptions Parse((string Name, string Value)[] metadata, Func<string, string?> environment)
        => KubernetesOptions.Parse(Contexts.Create("secretstores.kubernetes", Folder.Path, null, metadata), environment, Folder.Path);

    private async Task<ISecretStore> StartAsync(params (string Name, string Value)[] metadata)
    {
        var address = new Uri(_api.Urls.First());
        var options = Parse(metadata, name => name switch
        {
            "KUBERNETES_SERVICE_HOST" => address.Host,
            "KUBERNETES_SERVICE_PORT" => $"{address.Port}",
            _ => null,
        });
        var store = new KubernetesSecretStore(options, TimeProvider.System);
        await store.InitializeAsync(CancellationToken.None).AsTask().WithinAsync();
        return store;
    }
}
