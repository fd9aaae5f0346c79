using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Kafka.PubSub;
using Tandem.Components.Metadata;
using Tandem.Components.Tests.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.Kafka;

/// <summary>A broker that speaks TLS and wants to see a certificate.</summary>
public sealed class KafkaTlsTests(KafkaTlsTests.TlsServer tls) : IClassFixture<KafkaTlsTests.TlsServer>
{
    [Fact]
    public async Task Start_CertificateShown_Works()
    {
        await using var pubSub = await StartAsync(
            ("authType", "mtls"), ("caCert", tls.Certificate), ("clientCert", tls.Certificate), ("clientKey", tls.Key));
        var recorder = new Recorder();
        await using var subscription = await pubSub.SubscribeAsync("orders", "app", recorder.Handler);
        await pubSub.PublishAsync("orders", "hush");

        Assert.Equal("hush", await recorder.NextTextAsync());
    }

    [Fact]
    public async Task Start_BrokersCertificateNotTrusted_SaysSo()
    {
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => StartAsync(("authType", "mtls"), ("clientCert", tls.Certificate), ("clientKey", tls.Key)));

        Assert.Equal("caCert", fault.Field);
        Assert.Contains($"{tls.Address}: the broker's certificate is not trusted, or is for another host", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TlsWherePlainTextIsSpoken_SaysSo()
    {
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(
            () => StartAsync(("brokers", (tls.PlainAddress)), ("authType", "certificate"), ("caCert", tls.Certificate)));

        Assert.Contains($"{tls.PlainAddress}: ", fault.Message, StringComparison.Ordinal);
    }

    private async Task<KafkaPubSub> StartAsync(params (string Name, string Value)[] metadata)
        => (KafkaPubSub)await Contexts.Catalog().PubSubs.StartAsync(KafkaParts.Context(
            "pubsub.kafka", [("brokers", tls.Address), ("version", KafkaServer.Version), ("initialOffset", "oldest"), .. metadata])).WithinAsync();

    /// <summary>The broker, with one certificate for both sides.</summary>
    public sealed class TlsServer : IAsyncLifetime
    {
        private const string Password = "changeit";

        private readonly KafkaServer _server = new();

        public string Certificate { get; private set; } = "";

        public string Key { get; private set; } = "";

        public string Address { get; } = $"localhost:{FreePorts.Take()}";

        public string PlainAddress => _server.Address;

        public async Task InitializeAsync()
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            Certificate = certificate.ExportCertificatePem();
            Key = key.ExportPkcs8PrivateKeyPem();
            await File.WriteAllBytesAsync(_server.Folder["keys.p12"], certificate.Export(X509ContentType.Pkcs12, Password));
            await File.WriteAllTextAsync(_server.Folder["trusted.pem"], Certificate);
            using (var keytool = Process.Start(
                "keytool",
                ["-importcert", "-noprompt", "-alias", "client", "-file", _server.Folder["trusted.pem"], "-keystore", _server.Folder["trusted.jks"], "-storetype", "JKS", "-storepass", Password]))
            {
                await keytool.WaitForExitAsync();
            }

            _server.Set("listeners", $"PLAINTEXT://{_server.Address},SSL://{Address}");
            _server.Set("ssl.enabled.protocols", "TLSv1.2");
            _server.Set("ssl.client.auth", "required");
            _server.Set("ssl.keystore.type", "PKCS12");
            _server.Set("ssl.keystore.location", _server.Folder["keys.p12"]);
            _server.Set("ssl.keystore.password", Password);
            _server.Set("ssl.key.password", Password);
            _server.Set("ssl.truststore.location", _server.Folder["trusted.jks"]);
            _server.Set("ssl.truststore.password", Password);
            await _server.StartAsync();
        }

        public Task DisposeAsync()
        {
            _server.Dispose();
            return Task.CompletedTask;
        }
    }
}
