using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Redis.Client;
using Tandem.Components.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.Redis;

/// <summary>A server that speaks TLS and wants to see a certificate.</summary>
public sealed class RedisTlsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Take();
    private string _certificate = "";
    private string _key = "";
    private RedisServer _server = null!;

    public async Task InitializeAsync()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _certificate = certificate.ExportCertificatePem();
        _key = key.ExportPkcs8PrivateKeyPem();
        await File.WriteAllTextAsync(_folder["cert.pem"], _certificate);
        await File.WriteAllTextAsync(_folder["key.pem"], _key);
        _server = RedisServer.With(
            "--tls-port", $"{_port}", "--tls-auth-clients", "yes", "--tls-cert-file", _folder["cert.pem"], "--tls-key-file", _folder["key.pem"], "--tls-ca-cert-file", _folder["cert.pem"]);
        await _server.StartAsync();
    }

    public Task DisposeAsync()
    {
        _server.Dispose();
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Start_CertificateShown_Works()
    {
        await using var store = await RedisParts.StartStoreAsync(
            _server, ("redisHost", $"localhost:{_port}"), ("enableTLS", "true"), ("insecureSkipTLSVerify", "true"), ("clientCert", _certificate), ("clientKey", _key));

        Assert.Equal(StateOutcome.Done, await store.SetAsync(new StateSet("key", new byte[100_000]), default));
        Assert.Equal(100_000, (await store.GetAsync("key", default))!.Value.Length);
    }

    [Fact]
    public async Task Start_ServersCertificateNotTrusted_IsRefused()
    {
        var fault = await Assert.ThrowsAsync<RedisUnavailableException>(
            () => RedisParts.StartStoreAsync(_server, ("redisHost", $"localhost:{_port}"), ("enableTLS", "true"), ("clientCert", _certificate), ("clientKey", _key)));
        Assert.Contains("certificate", fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Start_PlainTextWhereTlsIsSpoken_SaysSoInTime()
    {
        var fault = await Assert.ThrowsAsync<RedisUnavailableException>(
            () => RedisParts.StartStoreAsync(_server, ("redisHost", $"localhost:{_port}"), ("dialTimeout", "2s")).WithinAsync());
        Assert.Contains($"localhost:{_port}", fault.Message, StringComparison.Ordinal);
    }
}
