using System.Threading.Channels;
using Tandem.Components.Configuration;
using Tandem.Components.Metadata;
using Tandem.Components.PostgreSql.Configuration;
using Tandem.Testing;

namespace Tandem.Components.Tests.PostgreSql;

public sealed class PostgreSqlConfigurationTests : IAsyncLifetime
{
    private readonly Channel<(string Key, ConfigurationItem? Item)> _told = Channel.CreateUnbounded<(string, ConfigurationItem?)>();
    private PostgreSqlServer _server = null!;
    private string _database = "";
    private PostgreSqlConfigurationStore _store = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgreSqlServer.SharedAsync();
        _database = await _server.CreateDatabaseAsync();
        await CreateTableAsync(_server, _database);
        _store = await PostgreSqlParts.StartConfigurationAsync(("connectionString", _server.Words(_database)), ("table", "settings"), ("notifyChannel", "changes"));
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Get_SomeKeys_GivesTheNewestVersionOfEach()
    {
        await ExecuteAsync("INSERT INTO settings VALUES ('a', 'old', '9', NULL), ('a', 'new', '10', '{\"x\": \"y\"}'), ('b', 'two', 'v1', NULL), ('c', 'three', '', NULL)");

        var items = await _store.GetAsync(["a", "b", "missing"], default);
        Assert.Equal(new ConfigurationItem("new", "10"), items["a"]);
        Assert.Equal(new ConfigurationItem("two", "v1"), items["b"]);
        Assert.Equal(2, items.Count);
        Assert.Equal(["a", "b", "c"], (await _store.GetAsync([], default)).Keys.Order());
    }

    [Fact]
    public async Task Subscribe_KeyChangesAndGoes_IsToldInOrder()
    {
        await using var subscription = await SubscribeAsync("a");
        await ExecuteAsync("INSERT INTO settings VALUES ('other', '1', '1', NULL)");
        await ExecuteAsync("INSERT INTO settings VALUES ('a', 'one', '1', NULL)");
        Assert.Equal(("a", new ConfigurationItem("one", "1")), await NextAsync());
        await ExecuteAsync("UPDATE settings SET value = 'two', version = '2' WHERE key = 'a'");
        Assert.Equal(("a", new ConfigurationItem("two", "2")), await NextAsync());
        await ExecuteAsync("DELETE FROM settings WHERE key = 'a'");
        Assert.Equal(("a", null), await NextAsync());
    }

    [Fact]
    public async Task Subscribe_NoKeys_IsToldOfAny()
    {
        await using var subscription = await SubscribeAsync();
        await ExecuteAsync("INSERT INTO settings VALUES ('whatever', '1', '1', NULL)");
        Assert.Equal("whatever", (await NextAsync()).Key);
    }

    [Fact]
    public async Task Subscribe_SecondOne_ThatEnds_LeavesTheFirst()
    {
        await using var first = await SubscribeAsync("a");
        var second = await SubscribeAsync("b");
        await ExecuteAsync("INSERT INTO settings VALUES ('b', '1', '1', NULL)");
        Assert.Equal("b", (await NextAsync()).Key);

        await second.DisposeAsync();
        await ExecuteAsync("UPDATE settings SET value = '2' WHERE key = 'b'; INSERT INTO settings VALUES ('a', '1', '1', NULL)");
        Assert.Equal("a", (await NextAsync()).Key);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{\"something\": 1}")]
    public async Task Subscribe_TriggerThatSaysNothingUseful_IsUnderstoodAsAnyChange(string payload)
    {
        await using var subscription = await SubscribeAsync("a");
        await ExecuteAsync("ALTER TABLE settings DISABLE TRIGGER ALL; INSERT INTO settings VALUES ('a', '1', '1', NULL)");
        await ExecuteAsync($"NOTIFY changes, '{payload}'");
        Assert.Equal(("a", new ConfigurationItem("1", "1")), await NextAsync());
    }

    [Fact]
    public async Task Subscribe_NoChannel_SaysWhichFieldIsMissing()
    {
        await using var store = await PostgreSqlParts.StartConfigurationAsync(("connectionString", _server.Words(_database)), ("table", "settings"));
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => store.SubscribeAsync([], static (_, _, _) => ValueTask.CompletedTask, default).AsTask());
        Assert.Equal("notifyChannel", fault.Field);
    }

    [Fact]
    public async Task Start_NoSuchTable_SaysSo()
    {
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(
            () => PostgreSqlParts.StartConfigurationAsync(("connectionString", _server.Words(_database)), ("table", "nothing")));
        Assert.Equal("table", fault.Field);
    }

    /// <summary>The table and the trigger that Dapr's documentation asks for.</summary>
    internal static Task CreateTableAsync(PostgreSqlServer server, string database) => server.ExecuteAsync(
        """
        CREATE TABLE settings (key varchar NOT NULL, value varchar NOT NULL, version varchar NOT NULL, metadata json);
        CREATE FUNCTION tell() RETURNS trigger AS $$
        BEGIN
            PERFORM pg_notify('changes', json_build_object(
                'table', TG_TABLE_NAME, 'action', TG_OP, 'data', CASE WHEN TG_OP = 'DELETE' THEN row_to_json(OLD) ELSE row_to_json(NEW) END)::text);
            RETURN NULL;
        END;
        $$ LANGUAGE plpgsql;
        CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON settings FOR EACH ROW EXECUTE PROCEDURE tell();
        """,
        database);

    private Task<string[]> ExecuteAsync(string sql) => _server.ExecuteAsync(sql, _database);

    private ValueTask<IAsyncDisposable> SubscribeAsync(params string[] keys)
        => _store.SubscribeAsync(
            keys,
            (key, item, _) =>
            {
                _told.Writer.TryWrite((key, item));
                return ValueTask.CompletedTask;
            },
            default);

    private Task<(string Key, ConfigurationItem? Item)> NextAsync() => _told.Reader.ReadAsync().WithinAsync();
}
