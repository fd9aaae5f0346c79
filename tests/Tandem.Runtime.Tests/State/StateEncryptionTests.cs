using System.Text;
using System.Text.Json;
using Tandem.Components.State;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Resources;
using Tandem.Runtime.State.Encryption;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.State;

public sealed class StateEncryptionTests : IDisposable
{
    /// <summary>The key of conformance/data, where daprd wrote with it.</summary>
    private const string DaprKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Get_ValuesThatDaprEncrypted_AreReadAndWrittenAlike()
    {
        await using var blocks = await StartAsync(("key", DaprKey));
        var stored = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "data", "redis.json"));
        foreach (var name in (string[])["text", "number"])
        {
            var data = StateBlocks.Json(stored).GetProperty("hashes").GetProperty($"enc||{name}").GetProperty("data").GetString()!;
            await blocks.Components.Find<IStateStore>("store")!.SetAsync(new StateSet($"app||{name}", Encoding.UTF8.GetBytes(data)), default);
        }

        Assert.Equal("words", await blocks.GetAsync("store", "text"));
        Assert.Equal("43", await blocks.GetAsync("store", "number"));

        // The same form: as many characters for as many bytes, and the same name behind them.
        await blocks.SetAsync("store", "mine", "words");
        var mine = await blocks.StoredAsync("store", "app||mine");
        Assert.Equal((await blocks.StoredAsync("store", "app||text"))!.Length, mine!.Length);
        Assert.EndsWith("||key", mine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    public async Task Set_EachKeySize_StoresNothingInTheOpen(int bytes)
    {
        await using var blocks = await StartAsync(("key", Key(bytes, 7)));
        await blocks.SetAsync("store", "a", """{"secret":"treasure"}""");
        await blocks.ExecuteAsync("store", """[{"operation":"upsert","request":{"key":"b","value":{"secret":"treasure"}}}]""");

        foreach (var name in (string[])["a", "b"])
        {
            Assert.Equal("""{"secret":"treasure"}""", await blocks.GetAsync("store", name));
            Assert.DoesNotContain("treasure", await blocks.StoredAsync("store", $"app||{name}"), StringComparison.Ordinal);
        }

        Assert.NotEqual(await blocks.StoredAsync("store", "app||a"), await blocks.StoredAsync("store", "app||b"));
    }

    [Fact]
    public async Task Get_KeyWasChanged_OldValuesOpenWithTheSecondaryKey()
    {
        await using (var before = await StartAsync(("old", Key(32, 1))))
        {
            await before.SetAsync("store", "a", "1");
        }

        await using (var between = await StartAsync(("new", Key(32, 2)), ("old", Key(32, 1))))
        {
            Assert.Equal("1", await between.GetAsync("store", "a"));
            await between.SetAsync("store", "b", "2");
        }

        await using var after = await StartAsync(("new", Key(32, 2)));
        Assert.Equal("2", await after.GetAsync("store", "b"));
        var refusal = await Assert.ThrowsAsync<DaprException>(() => after.GetAsync("store", "a"));
        Assert.Equal((500, "ERR_STATE_GET"), (refusal.Error.Status, refusal.Error.Code));
        Assert.Contains("'old'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetMany_OneCannotBeOpened_TheOthersCome()
    {
        await using var blocks = await StartAsync(("key", Key(32, 1)));
        await blocks.SetAsync("store", "good", "1");
        var inner = blocks.Components.Find<IStateStore>("store")!;
        await inner.SetAsync(new StateSet("app||plain", "\"in the open\""u8.ToArray()), default);
        await inner.SetAsync(new StateSet("app||false", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=||key"u8.ToArray()), default);

        var items = await blocks.State.GetManyAsync("store", ["good", "plain", "false", "missing"], default);

        Assert.Equal("1", Encoding.UTF8.GetString(items[0]!.Value.Span));
        Assert.Contains("not encrypted", items[1]!.Error, StringComparison.Ordinal);
        Assert.Contains("'key'", items[2]!.Error, StringComparison.Ordinal);
        Assert.Null(items[3]);
    }

    [Fact]
    public async Task Query_EncryptedStore_IsRefused()
    {
        await using var blocks = await StartAsync(("key", Key(32, 1)));
        var refusal = await Assert.ThrowsAsync<DaprException>(() => blocks.QueryAsync("store", "{}"));
        Assert.Equal((500, "ERR_STATE_QUERY"), (refusal.Error.Status, refusal.Error.Code));
    }

    [Fact]
    public async Task ActorStore_PlainAndEncryptedValues_AreBothRead()
    {
        await using var blocks = await StartAsync(("key", Key(32, 1)));
        var store = blocks.Components.All.Single(static component => component.Name == "store").ActorStore!;
        await blocks.Components.Find<IStateStore>("store")!.SetAsync(new StateSet("app||T||1||plain", """{"n":"a||b"}"""u8.ToArray()), default);
        await ((ITransactionalStateStore)store).ExecuteAsync([new StateSet("app||T||1||new", "2"u8.ToArray())], default);

        Assert.EndsWith("||key", await blocks.StoredAsync("store", "app||T||1||new"), StringComparison.Ordinal);
        var values = new List<string>();
        await foreach (var item in ((IKeyListingStateStore)store).ListAsync("app||T||", default))
        {
            values.Add(Encoding.UTF8.GetString(item.Value.Span));
        }

        Assert.Equal(["2", """{"n":"a||b"}"""], values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0001")]
    [InlineData("not hexadecimal at all, but a word")]
    public async Task Start_KeyThatIsNone_NamesTheFieldAndNotTheKey(string key)
    {
        await using var blocks = await StartAsync(("key", key));

        var fault = Assert.Single(blocks.Faults);
        Assert.Contains("primaryEncryptionKey", fault, StringComparison.Ordinal);
        Assert.True(key.Length == 0 || !fault.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_SecretIsMissing_NamesIt()
    {
        await WriteSecretsAsync();
        await using var blocks = await StateBlocks.StartAsync(_folder.Path, [Secrets(), Store("state.in-memory", new MetadataEntry("primaryEncryptionKey", null, "gone", "gone"))]);
        Assert.Contains("'gone'", Assert.Single(blocks.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_KeyInTheOpen_IsNotUsed()
    {
        await using var blocks = await StateBlocks.StartAsync(_folder.Path, [Store("state.in-memory", new MetadataEntry("primaryEncryptionKey", DaprKey))]);
        await blocks.SetAsync("store", "a", "1");

        Assert.Empty(blocks.Faults);
        Assert.Equal("1", await blocks.StoredAsync("store", "app||a"));
    }

    [Fact]
    public void Decrypt_ValueWasChanged_Fails()
    {
        var cipher = new StateCipher(new StateEncryptionKey("key", Convert.FromHexString(DaprKey)), null);
        var stored = cipher.Encrypt("words"u8);
        stored[20] = (byte)(stored[20] == 'A' ? 'B' : 'A');

        Assert.Throws<StateDecryptionException>(() => cipher.Decrypt(stored, acceptPlain: true));
    }

    private static string Key(int bytes, byte value) => Convert.ToHexString([.. Enumerable.Repeat(value, bytes)]);

    private static ComponentResource Secrets() => StateBlocks.Component("secrets", "secretstores.local.file", ("secretsFile", "secrets.json"));

    private static ComponentResource Store(string type, params MetadataEntry[] metadata) => new()
    {
        Id = new ResourceId("store.yaml", 1, "Component", "store"),
        Type = type,
        Version = "v1",
        SecretStore = "secrets",
        Metadata = metadata,
    };

    private Task WriteSecretsAsync(params (string Name, string Key)[] keys)
        => File.WriteAllTextAsync(_folder["secrets.json"], JsonSerializer.Serialize(keys.ToDictionary(static key => key.Name, static key => key.Key)));

    /// <summary>A store in a file, so that its values outlive one start; the first key is the primary one.</summary>
    private async Task<StateBlocks> StartAsync(params (string Name, string Key)[] keys)
    {
        await WriteSecretsAsync(keys);
        string[] fields = ["primaryEncryptionKey", "secondaryEncryptionKey"];
        var metadata = keys.Zip(fields, static (key, field) => new MetadataEntry(field, null, key.Name, key.Name));
        return await StateBlocks.StartAsync(_folder.Path, [Secrets(), Store("state.sqlite", [.. metadata, new MetadataEntry("connectionString", "state.db")])]);
    }
}
