using System.Text;
using Tandem.Components.Metadata;
using Tandem.Components.Sqlite.Database;
using Tandem.Components.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.State;

/// <summary>What is particular to <c>state.sqlite</c>: Dapr's layout, the file, the clean-up.</summary>
public sealed class SqliteStateStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Get_FileThatDaprWrote_GivesItsValues()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "data", "state.sqlite"), _folder["state.sqlite"]);
        await using var store = await StartAsync(("connectionString", "state.sqlite"));

        var items = await store.Value.GetManyAsync(
            ["shop||object", "shop||text", "shop||number", "shop||null", "shop||Basket||ann||items"], default);
        Assert.Equal(
            [
                """{"name":"lamp","price":9.5,"tags":["x","y"]}""",
                "\"words é ☃\"",
                "43",
                "null",
                """[{"productId":1,"quantity":2}]""",
            ],
            items.Select(static item => Encoding.UTF8.GetString(item!.Value.Span)));
        Assert.Equal("b59c52a3-79c7-4e2f-84e6-e1a75d5d1959", items[2]!.ETag);

        var later = await store.Value.GetAsync("shop||later", default);
        Assert.Equal(new DateTimeOffset(2036, 11, 18, 4, 7, 28, TimeSpan.Zero), later!.ExpiresAt);
        Assert.Equal(StateOutcome.Done, await store.Value.SetAsync(new StateSet("shop||number", "44"u8.ToArray(), items[2]!.ETag), default));
    }

    [Fact]
    public async Task Set_NewFile_HasTheColumnsThatDaprMakes()
    {
        await using (var store = await StartAsync(("connectionString", "new.db")))
        {
            await store.Value.SetAsync(new StateSet("text", "\"é\""u8.ToArray(), TimeToLive: TimeSpan.FromSeconds(90)), default);
            await store.Value.SetAsync(new StateSet("bytes", new byte[] { 0, 255 }), default);
        }

        var dapr = Schema(Path.Combine(AppContext.BaseDirectory, "data", "state.sqlite"));
        Assert.Equal(dapr, Schema(_folder["new.db"]));
        Assert.Equal(
            [
                "migrations=1",
                "text|\"é\"|0|integer|36|2030-01-02 03:05:35.000|2030-01-02 03:04:05.000",
                "bytes|AP8=|1|integer|36||2030-01-02 03:04:05.000",
            ],
            Rows(
                _folder["new.db"],
                "SELECT key || '=' || value FROM metadata",
                "SELECT key || '|' || value || '|' || is_binary || '|' || typeof(is_binary) || '|' || length(etag) || '|' || ifnull(expiration_time, '') || '|' || update_time FROM state"));
    }

    [Fact]
    public async Task CleanUp_ExpiredValues_AreDeletedFromTheFile()
    {
        await using var store = await StartAsync(("connectionString", "state.db"), ("cleanupInterval", "1m"));
        await store.Value.SetAsync(new StateSet("brief", "1"u8.ToArray(), TimeToLive: TimeSpan.FromSeconds(10)), default);
        await store.Value.SetAsync(new StateSet("long", "1"u8.ToArray(), TimeToLive: TimeSpan.FromHours(10)), default);
        await store.Value.SetAsync(new StateSet("ever", "1"u8.ToArray()), default);

        _time.Advance(TimeSpan.FromMinutes(1));
        while (Rows(_folder["state.db"], "SELECT count(*) FROM state WHERE key = 'brief'") is ["1"])
        {
            await Task.Yield();
        }

        Assert.Equal(["ever", "long"], Rows(_folder["state.db"], "SELECT key FROM state ORDER BY key"));
        Assert.Equal(["2030-01-02 03:05:05.000"], Rows(_folder["state.db"], "SELECT value FROM metadata WHERE key = 'last-cleanup'"));
    }

    [Fact]
    public async Task Set_AnsweredWrite_IsInACopyOfFileAndLog()
    {
        await using var store = await StartAsync(("connectionString", "state.db"));
        for (var i = 0; i < 50; i++)
        {
            await store.Value.SetAsync(new StateSet($"key{i:D2}", "1"u8.ToArray()), default);
        }

        // What a crash at this moment leaves behind: the file and the log without their owner.
        File.Copy(_folder["state.db"], _folder["copy.db"]);
        File.Copy(_folder["state.db-wal"], _folder["copy.db-wal"]);
        await using var copy = await StartAsync(("connectionString", "copy.db"));
        Assert.DoesNotContain(null, await copy.Value.GetManyAsync([.. Enumerable.Range(0, 50).Select(static i => $"key{i:D2}")], default));
    }

    [Theory]
    [InlineData("connectionString", "")]
    [InlineData("tableName", "state; DROP TABLE x")]
    [InlineData("timeout", "soon")]
    [InlineData("busyTimeout", "-1s")]
    [InlineData("connectionString", "file:x.db?mode=ro")]
    [InlineData("connectionString", "x.db?_pragma=journal_mode(DELETE)")]
    public async Task Create_WrongField_IsNamed(string field, string value)
    {
        var metadata = new Dictionary<string, string> { ["connectionString"] = "x.db", [field] = value };
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(
            () => StartAsync([.. metadata.Select(static pair => (pair.Key, pair.Value))]));
        Assert.Equal(field, fault.Field);
    }

    [Theory]
    [InlineData("plain.db", "plain.db")]
    [InlineData("folder/plain.db?_txlock=immediate", "folder/plain.db")]
    [InlineData("file:uri.db?cache=shared&mode=rwc", "uri.db")]
    [InlineData("file:spaced%20name.db", "spaced name.db")]
    [InlineData("Data Source=old.db;Cache=Shared", "old.db")]
    [InlineData("datasource = old2.db", "old2.db")]
    public async Task Create_EachFormOfConnectionString_NamesTheFile(string connectionString, string file)
    {
        await using var store = await StartAsync(("connectionString", connectionString));
        Assert.True(File.Exists(_folder[file]));
    }

    [Fact]
    public async Task Create_TwoStoresOfOneFile_ShareTheDatabase()
    {
        await using var first = await StartAsync(("connectionString", "state.db"));
        await using var second = await StartAsync(("connectionString", "file:state.db"));
        await first.Value.SetAsync(new StateSet("key", "1"u8.ToArray()), default);
        await first.DisposeAsync();

        Assert.Equal(StateOutcome.Done, await second.Value.SetAsync(new StateSet("key", "2"u8.ToArray()), default));
    }

    [Fact]
    public async Task Create_TwoStoresOfOneFileWithOtherTimeLimits_EachKeepsItsOwn()
    {
        await using var first = await StartAsync(("connectionString", "state.db"), ("timeout", "1s"), ("busyTimeout", "100ms"));
        await using var second = await StartAsync(("connectionString", "state.db"));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async number => Assert.Equal(
            StateOutcome.Done, await (number % 2 == 0 ? first : second).Value.SetAsync(new StateSet($"key{number}", "1"u8.ToArray()), default))));

        Assert.DoesNotContain(null, await second.Value.GetManyAsync([.. Enumerable.Range(0, 40).Select(static number => $"key{number}")], default));
    }

    [Fact]
    public async Task Create_TwoStoresOfOneFileWithOtherJournals_IsAFault()
    {
        await using var first = await StartAsync(("connectionString", "state.db"));

        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => StartAsync(("connectionString", "state.db"), ("disableWAL", "true")));
        Assert.Equal("disableWAL", fault.Field);
        Assert.Contains("state.db", fault.Message, StringComparison.Ordinal);
    }

    private static List<string> Schema(string file)
        => Rows(
            file,
            "SELECT type || lower(\"notnull\") || pk || ifnull(dflt_value, '-') || name FROM pragma_table_info('state')",
            "SELECT lower(type) || \"notnull\" || pk || name FROM pragma_table_info('metadata')",
            "SELECT type || name || tbl_name FROM sqlite_master ORDER BY name");

    private static List<string> Rows(string file, params string[] queries)
    {
        using var connection = SqliteConnection.Open(new SqliteOptions { Path = file }, readOnly: true);
        var rows = new List<string>();
        foreach (var query in queries)
        {
            using var statement = connection.Prepare(query);
            while (statement.Step())
            {
                rows.Add(statement.Text(0));
            }
        }

        return rows;
    }

    private async Task<Started> StartAsync(params (string Name, string Value)[] metadata)
        => new(await Contexts.Catalog().StateStores.StartAsync(Contexts.Create("state.sqlite", _folder.Path, _time, metadata)));

    private sealed class Started(IStateStore store) : IAsyncDisposable
    {
        private bool _disposed;

        public IStateStore Value => store;

        public ValueTask DisposeAsync()
        {
            if (_disposed)
            {
                return ValueTask.CompletedTask;
            }

            _disposed = true;
            return ((IAsyncDisposable)store).DisposeAsync();
        }
    }
}
