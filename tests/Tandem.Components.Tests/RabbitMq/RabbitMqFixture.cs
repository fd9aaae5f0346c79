using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;
using Tandem.Components.PubSub;
using Tandem.Components.RabbitMq.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.RabbitMq;

/// <summary>The one server that all tests here share, as it takes a while to start; it speaks TLS beside the plain protocol.</summary>
public sealed class RabbitMqFixture : IAsyncLifetime
{
    public const string Collection = "RabbitMQ";

    private readonly TemporaryFolder _folder = new();

    /// <summary>The server.</summary>
    public RabbitMqServer Server { get; private set; } = null!;

    /// <summary>The port at which TLS is spoken.</summary>
    public int TlsPort { get; } = FreePorts.Take();

    /// <summary>Who signed the server's certificate and the client's.</summary>
    public string Authority { get; private set; } = "";

    /// <summary>A certificate for the user <c>tandem-client</c>.</summary>
    public string ClientCertificate { get; private set; } = "";

    public string ClientKey { get; private set; } = "";

    public async Task InitializeAsync()
    {
        using var authorityKey = RSA.Create(2048);
        var request = new CertificateRequest("CN=tandem-tests", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        Authority = authority.ExportCertificatePem();
        var (serverCertificate, serverKey) = Sign(authority, "localhost");
        (ClientCertificate, ClientKey) = Sign(authority, "tandem-client");
        await File.WriteAllTextAsync(_folder["ca.pem"], Authority);
        await File.WriteAllTextAsync(_folder["cert.pem"], serverCertificate);
        await File.WriteAllTextAsync(_folder["key.pem"], serverKey);
        await File.WriteAllTextAsync(
            _folder["definitions.json"],
            """
            {"users":[{"name":"guest","password":"guest","tags":"administrator"},{"name":"tandem-client","password":"unused","tags":""},{"name":"nowhere","password":"p@ss","tags":""}],
             "vhosts":[{"name":"/"}],
             "permissions":[{"user":"guest","vhost":"/","configure":".*","write":".*","read":".*"},{"user":"tandem-client","vhost":"/","configure":".*","write":".*","read":".*"}]}
            """);
        Server = RabbitMqServer.With(
            ["rabbitmq_auth_mechanism_ssl"],
            $"listeners.ssl.1 = 127.0.0.1:{TlsPort}",
            $"ssl_options.cacertfile = {_folder["ca.pem"]}",
            $"ssl_options.certfile = {_folder["cert.pem"]}",
            $"ssl_options.keyfile = {_folder["key.pem"]}",
            "ssl_options.verify = verify_peer",
            "ssl_options.fail_if_no_peer_cert = false",
            "ssl_cert_login_from = common_name",
            "auth_mechanisms.1 = PLAIN",
            "auth_mechanisms.2 = EXTERNAL");
        await Server.StartAsync();
        await Server.ControlAsync("import_definitions", _folder["definitions.json"]);
    }

    public Task DisposeAsync()
    {
        Server.Dispose();
        _folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A component on the server.</summary>
    internal Task<RabbitMqPubSub> StartAsync(params (string Name, string Value)[] metadata) => StartAsync(null, metadata);

    /// <summary>A component on the server, by a clock of the test's own.</summary>
    internal async Task<RabbitMqPubSub> StartAsync(TimeProvider? timeProvider, params (string Name, string Value)[] metadata)
        => (RabbitMqPubSub)await Contexts.Catalog().PubSubs.StartAsync(Context(timeProvider, metadata));

    /// <summary>A component on the server, not yet connected.</summary>
    internal ComponentContext Context(TimeProvider? timeProvider, params (string Name, string Value)[] metadata)
        => Contexts.Create(
            "pubsub.rabbitmq",
            Path.GetTempPath(),
            timeProvider,
            Array.Exists(metadata, static field => field.Name is "connectionString" or "hostname") ? metadata : [("connectionString", Server.Url), .. metadata]);

    /// <summary>A connection past the component, to look at what it did and to do what others do.</summary>
    internal async Task<IConnection> ConnectAsync()
        => await new ConnectionFactory { Uri = new Uri(Server.Url), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    /// <summary>Takes topics away, with the queues that groups have on them.</summary>
    internal async Task ForgetAsync(string[] topics, string[] groups)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var topic in topics)
        {
            foreach (var group in groups)
            {
                await channel.QueueDeleteAsync($"{group}-{topic}", ifUnused: false, ifEmpty: false);
            }

            await channel.ExchangeDeleteAsync(topic);
        }
    }

    private static (string Certificate, string Key) Sign(X509Certificate2 authority, string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), Guid.NewGuid().ToByteArray());
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}

/// <summary>Its tests share the server, one after the other.</summary>
[CollectionDefinition(RabbitMqFixture.Collection)]
public sealed class RabbitMqTests : ICollectionFixture<RabbitMqFixture>;

/// <summary>What the tests say often.</summary>
internal static class RabbitMqParts
{
    public static readonly Dictionary<string, string> NoMetadata = [];

    public static PublishRequest Request(string topic, string text, params (string Name, string Value)[] metadata)
        => new(topic, System.Text.Encoding.UTF8.GetBytes(text), null, metadata.ToDictionary(static field => field.Name, static field => field.Value));

    public static SubscribeRequest Subscription(string topic, params (string Name, string Value)[] metadata)
        => new(topic, "app", metadata.ToDictionary(static field => field.Name, static field => field.Value));

    /// <summary>A topic that no other test has.</summary>
    public static string Topic() => $"t-{Guid.NewGuid():N}";
}
