using System.Text;
using System.Text.Json;
using Tandem.Runtime.Resources;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.State;

/// <summary>What the runtime adds to a state store, on a real PostgreSQL: encryption, and the word of a component that could not start.</summary>
public sealed class PostgreSqlStateTests : IDisposable
{
    /// <summary>The key of conformance/data, where daprd wrote with it.</summary>
    private const string DaprKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("v1", "state", "value::text")]
    [InlineData("v2", "state", "encode(value, 'escape')")]
    public async Task Set_Encrypted_NothingLiesInTheOpenAndDaprsValuesAreRead(string version, string table, string column)
    {
        var server = await PostgreSqlServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        await File.WriteAllTextAsync(_folder["secrets.json"], $$"""{"key":"{{DaprKey}}"}""");
        await using var blocks = await StateBlocks.StartAsync(
            _folder.Path,
            [
                StateBlocks.Component("secrets", "secretstores.local.file", ("secretsFile", "secrets.json")),
                Store(version, new MetadataEntry("connectionString", server.Words(database)), new MetadataEntry("primaryEncryptionKey", null, "key", "key")),
            ]);
        Assert.Empty(blocks.Faults);
        await blocks.SetAsync("store", "a", """{"secret":"treasure"}""");
        await blocks.ExecuteAsync("store", """[{"operation":"upsert","request":{"key":"b","value":"treasure"}},{"operation":"upsert","request":{"key":"c","value":1}}]""");

        Assert.Equal("""{"secret":"treasure"}""", await blocks.GetAsync("store", "a"));
        Assert.Equal("\"treasure\"", await blocks.GetAsync("store", "b"));
        var stored = await server.ExecuteAsync($"SELECT {column} FROM {table}", database);
        Assert.Equal(3, stored.Length);
        var plain = version is "v1" ? stored.Select(static json => Encoding.UTF8.GetString(JsonSerializer.Deserialize<byte[]>(json)!)) : stored;
        Assert.All(plain, static value => Assert.EndsWith("||key", value, StringComparison.Ordinal));

        // What daprd encrypts is bytes to the store: version 1 keeps them in base64 and says so.
        var encrypted = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "data", "redis.json")))
            .RootElement.GetProperty("hashes").GetProperty("enc||text").GetProperty("data").GetString()!;
        await server.ExecuteAsync(
            version is "v1"
                ? $"INSERT INTO state (key, value, isbinary) VALUES ('app||dapr', to_jsonb('{Convert.ToBase64String(Encoding.UTF8.GetBytes(encrypted))}'::text), true)"
                : $"INSERT INTO state (key, value) VALUES ('app||dapr', '{encrypted}')",
            database);
        Assert.Equal("words", await blocks.GetAsync("store", "dapr"));
    }

    [Fact]
    public async Task Start_ServerDoesNotComeInTime_SaysWhatWasWaitedFor()
    {
        var port = FreePorts.Take();
        await using var blocks = await StateBlocks.StartAsync(
            _folder.Path, [Store("v2", new MetadataEntry("connectionString", $"host=127.0.0.1 port={port} user=x password=hidden")) with { InitTimeout = TimeSpan.FromSeconds(2) }]);

        var fault = Assert.Single(blocks.Faults);
        Assert.Contains("spec.initTimeout", fault, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{port} cannot be reached", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault, StringComparison.Ordinal);
    }

    private static ComponentResource Store(string version, params MetadataEntry[] metadata) => new()
    {
        Id = new ResourceId("store.yaml", 1, "Component", "store"),
        Type = "state.postgresql",
        Version = version,
        SecretStore = "secrets",
        Metadata = metadata,
    };
}
