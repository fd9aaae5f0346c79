using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Metadata;
using Tandem.Components.PostgreSql.Connection;
using Tandem.Components.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.PostgreSql;

/// <summary>The first connection: what is waited for, and what is said when a person has to change something.</summary>
public sealed class PostgreSqlStartTests : IClassFixture<PostgreSqlStartTests.SecureServer>
{
    private readonly SecureServer _secure;

    public PostgreSqlStartTests(SecureServer secure) => _secure = secure;

    [Theory]
    [InlineData("password", "not the password of the user 'tandem'", "password", "wrong-secret")]
    [InlineData("user", "'nobody'", "user", "nobody")]
    [InlineData("database", "'nowhere'", "database", "nowhere")]
    [InlineData("host", "'no.such.host.invalid'", "host", "no.such.host.invalid")]
    [InlineData("connectionString", "TLS", "connectionString", "host=127.0.0.1 sslmode=require")]
    public async Task Start_WrongSetting_SaysWhichAtOnce(string field, string problem, string name, string value)
    {
        var server = await PostgreSqlServer.SharedAsync();
        (string, string)[] right = [("host", "127.0.0.1"), ("port", $"{server.Port}"), ("user", PostgreSqlServer.User), ("password", PostgreSqlServer.Password), ("database", "postgres")];

        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(
            () => PostgreSqlParts.StartStoreAsync("v1", [(name, value), .. right.Where(setting => setting.Item1 != name)]).WithinAsync());
        // A server does not say whether it is the user or the password that is wrong.
        Assert.Equal(field is "user" ? "password" : field, fault.Field);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ServerComesLater_IsWaitedFor()
    {
        using var server = new PostgreSqlServer();
        var starting = PostgreSqlParts.StartStoreAsync("v2", ("connectionString", server.Words()));
        await server.StartAsync();

        await using var store = await starting.WithinAsync();
        Assert.Equal(StateOutcome.Done, await store.SetAsync(new StateSet("key", "1"u8.ToArray()), default));
    }

    [Fact]
    public async Task Start_ServerNeverComes_SaysWhyWhenTheWaitIsGivenUp()
    {
        var port = FreePorts.Take();
        var context = PostgreSqlParts.Context("state.postgresql", ("connectionString", $"host=127.0.0.1 port={port} user=x"));
        var store = (IInitializable)Contexts.Catalog().StateStores.Create(context);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));

        var fault = await Assert.ThrowsAsync<PostgreSqlUnavailableException>(() => store.InitializeAsync(patience.Token).WithinAsync());
        Assert.Contains($"127.0.0.1:{port}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("refused", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TrustedCertificate_Works()
    {
        await using var store = await PostgreSqlParts.StartStoreAsync(
            "v1", ("connectionString", $"{_secure.Server.Words()} sslmode=verify-full"), ("host", "localhost"), ("hostaddr", "127.0.0.1"), ("sslRootCert", _secure.Certificate));
        Assert.Equal(["t"], await _secure.Server.ExecuteAsync("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'tandem tested' LIMIT 1"));
    }

    [Theory]
    [InlineData("sslmode=verify-full")]
    [InlineData("sslmode=verify-ca")]
    public async Task Start_CertificateThatIsNotTrusted_IsRefused(string mode)
    {
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(
            () => PostgreSqlParts.StartStoreAsync("v1", ("connectionString", $"{_secure.Server.Words()} {mode}")).WithinAsync());
        Assert.Contains("certificate", fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(PostgreSqlServer.Password, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UserWhoMayCreateNothing_UsesWhatIsThere()
    {
        var server = await PostgreSqlServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        await using (await PostgreSqlParts.StartStoreAsync("v1", ("connectionString", server.Words(database))))
        {
            await server.ExecuteAsync("CREATE ROLE guest LOGIN PASSWORD 'guest'; GRANT SELECT, INSERT, UPDATE, DELETE ON state, dapr_metadata TO guest", database);
        }

        var guest = server.Words(database).Replace(PostgreSqlServer.Password, "guest", StringComparison.Ordinal).Replace($"user={PostgreSqlServer.User}", "user=guest", StringComparison.Ordinal);
        await using var store = await PostgreSqlParts.StartStoreAsync("v1", ("connectionString", guest));
        Assert.Equal(StateOutcome.Done, await store.SetAsync(new StateSet("key", "1"u8.ToArray()), default));

        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => PostgreSqlParts.StartStoreAsync("v1", ("connectionString", guest), ("tableName", "mine")));
        Assert.Contains("'guest'", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>A server that speaks TLS.</summary>
    public sealed class SecureServer : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        public PostgreSqlServer Server { get; private set; } = null!;

        public string Certificate => _folder["cert.pem"];

        public async Task InitializeAsync()
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await File.WriteAllTextAsync(Certificate, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(_folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
            // The server takes no key that others can read; where the tests are root, it runs as a user of its own.
            var own = Environment.IsPrivilegedProcess ? $"chown -R postgres:postgres '{_folder.Path}'" : ":";
            using (var shell = Process.Start("sh", ["-c", $"chmod 600 '{_folder["key.pem"]}' && {own}"]))
            {
                await shell.WaitForExitAsync();
            }

            Server = PostgreSqlServer.With("ssl=on", $"ssl_cert_file={Certificate}", $"ssl_key_file={_folder["key.pem"]}");
            await Server.StartAsync();
        }

        public Task DisposeAsync()
        {
            Server.Dispose();
            _folder.Dispose();
            return Task.CompletedTask;
        }
    }
}
