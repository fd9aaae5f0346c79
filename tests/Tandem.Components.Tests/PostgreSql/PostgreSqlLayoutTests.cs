using System.Text;
using System.Text.RegularExpressions;
using Tandem.Components.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.PostgreSql;

/// <summary>Tables and rows are those that Dapr makes, in both directions.</summary>
public sealed partial class PostgreSqlLayoutTests : IAsyncLifetime
{
    private static readonly string Written = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "postgresql.sql"));

    private PostgreSqlServer _server = null!;
    private string _database = "";

    public async Task InitializeAsync()
    {
        _server = await PostgreSqlServer.SharedAsync();
        _database = await _server.CreateDatabaseAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("v1", """{"name": "lamp", "tags": ["x", "y"], "price": 9.5}""")]
    [InlineData("v2", """{"name":"lamp","price":9.5,"tags":["x","y"]}""")]
    public async Task Get_TablesThatDaprMade_GivesTheirValues(string version, string lamp)
    {
        await _server.ExecuteAsync(Written, _database);
        await using var store = await StartAsync(version);

        var items = await store.GetManyAsync(["shop||object", "shop||text", "shop||number", "shop||null", "shop||later"], default);
        Assert.Equal([lamp, "\"words é ☃\"", "43", "null", "1"], items.Select(static item => Encoding.UTF8.GetString(item!.Value.Span)));
        Assert.Equal(new DateTimeOffset(2036, 11, 18, 4, 7, 28, TimeSpan.Zero), items[4]!.ExpiresAt!.Value.AddTicks(-(items[4]!.ExpiresAt!.Value.Ticks % TimeSpan.TicksPerSecond)));
        if (version is "v2")
        {
            Assert.Equal("e9d13fb3-16cb-47e5-afde-9858d99f6815", items[2]!.ETag);
        }

        Assert.Equal(StateOutcome.Done, await store.SetAsync(new StateSet("shop||number", "44"u8.ToArray(), items[2]!.ETag), default));
        Assert.Equal(StateOutcome.ETagMismatch, await store.SetAsync(new StateSet("shop||number", "45"u8.ToArray(), items[2]!.ETag), default));
    }

    [Fact]
    public async Task Start_NewDatabase_MakesTheTablesThatDaprMakes()
    {
        await StartBothAsync();

        Assert.Equal(Definitions(Written), Definitions(string.Join('\n', await _server.ClientAsync("pg_dump", _database, "--schema-only", "--no-owner"))));
        Assert.Equal(
            ["lock|lock", "migrations|3", "migrations-state-v2-v2_|2"],
            await _server.ExecuteAsync("SELECT key, value FROM dapr_metadata ORDER BY key COLLATE \"C\"", _database));
    }

    [Fact]
    public async Task Set_ValuesThatDaprWrote_WritesTheSameRows()
    {
        await _server.ExecuteAsync(Written, _database);
        var columns = new Dictionary<string, string>
        {
            ["state"] = "key, value::text, isbinary, updatedate IS NULL, extract(epoch FROM expiredate - coalesce(updatedate, insertdate))",
            ["v2_state"] = "key, encode(value, 'escape'), length(etag::text), updated_at IS NULL, extract(epoch FROM expires_at - coalesce(updated_at, created_at))",
        };
        foreach (var (version, table) in ((string, string)[])[("v1", "state"), ("v2", "v2_state")])
        {
            var select = $"SELECT {columns[table]} FROM {table} ORDER BY key";
            var expected = await _server.ExecuteAsync(select, _database);
            await _server.ExecuteAsync($"DELETE FROM {table}", _database);
            await using var store = await StartAsync(version);
            var values = new (string Key, string Value, TimeSpan? Lives)[]
            {
                ("object", """{"name":"lamp","price":9.5,"tags":["x","y"]}""", null), ("text", "\"words é ☃\"", null), ("null", "null", null), ("number", "42", null),
                ("number", "43", null), ("later", "1", TimeSpan.FromSeconds(Math.Round((new DateTime(2036, 11, 18) - new DateTime(2026, 11, 21)).TotalSeconds))),
            };
            foreach (var (key, value, lives) in values)
            {
                await store.SetAsync(new StateSet($"shop||{key}", Encoding.UTF8.GetBytes(value), TimeToLive: lives), default);
            }

            Assert.Equal(expected, await _server.ExecuteAsync(select, _database));
        }
    }

    [Theory]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("1e100000")]
    [InlineData("{\"open\":")]
    [InlineData("no json")]
    public async Task Set_WhatJsonbCannotHold_IsKeptAsBinary(string value)
    {
        await using var store = await StartAsync("v1");
        Assert.Equal(StateOutcome.Done, await store.SetAsync(new StateSet("odd", Encoding.UTF8.GetBytes(value)), default));

        Assert.Equal(value, Encoding.UTF8.GetString((await store.GetAsync("odd", default))!.Value.Span));
        Assert.Equal([$"\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}\"|t"], await _server.ExecuteAsync("SELECT value, isbinary FROM state", _database));
    }

    [Fact]
    public async Task Start_TableOfAnOlderDapr_IsBroughtUpToDate()
    {
        await _server.ExecuteAsync(
            """
            CREATE TABLE dapr_metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL);
            INSERT INTO dapr_metadata VALUES ('migrations', '1');
            CREATE TABLE state (key text NOT NULL PRIMARY KEY, value jsonb NOT NULL, isbinary boolean NOT NULL,
                insertdate TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(), updatedate TIMESTAMP WITH TIME ZONE NULL);
            INSERT INTO state (key, value, isbinary) VALUES ('old', '1', false), ('bytes', '"AP8="', true)
            """,
            _database);
        await using var store = await StartAsync("v1");

        Assert.Equal("1"u8.ToArray(), (await store.GetAsync("old", default))!.Value.ToArray());
        Assert.Equal([0, 255], (await store.GetAsync("bytes", default))!.Value.ToArray());
        await store.SetAsync(new StateSet("new", "2"u8.ToArray(), TimeToLive: TimeSpan.FromHours(1)), default);
        Assert.Equal(["3|3"], await _server.ExecuteAsync("SELECT count(row_id), max(row_id) FROM state", _database));
        Assert.Equal(["3"], await _server.ExecuteAsync("SELECT value FROM dapr_metadata WHERE key = 'migrations'", _database));
    }

    [Fact]
    public async Task Start_VersionOfANewerDapr_Stays()
    {
        await StartBothAsync();
        await _server.ExecuteAsync("UPDATE dapr_metadata SET value = '7' WHERE key = 'migrations'; ALTER TABLE state DROP COLUMN row_id", _database);
        await using var store = await StartAsync("v1");

        Assert.Equal(["7"], await _server.ExecuteAsync("SELECT value FROM dapr_metadata WHERE key = 'migrations'", _database));
    }

    [Fact]
    public async Task Start_ManyAtOnce_AllFindTheTable()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync("v1"))).WithinAsync();

        Assert.Equal(StateOutcome.Done, await stores[7].SetAsync(new StateSet("key", "1"u8.ToArray()), default));
        await Task.WhenAll(stores.Select(static store => store.DisposeAsync().AsTask()));
    }

    [Theory]
    [InlineData("v1", "expiredate", "state", "last-cleanup")]
    [InlineData("v2", "expires_at", "v2_state", "last-cleanup-state-v2-v2_")]
    public async Task CleanUp_ExpiredValues_AreDeletedByOneOfSeveral(string version, string column, string table, string note)
    {
        await using var one = await StartAsync(version, ("cleanupInterval", "1s"));
        await using var other = await StartAsync(version, ("cleanupInterval", "1s"));
        await one.SetAsync(new StateSet("brief", "1"u8.ToArray(), TimeToLive: TimeSpan.FromSeconds(1)), default);
        await one.SetAsync(new StateSet("long", "1"u8.ToArray(), TimeToLive: TimeSpan.FromHours(10)), default);
        await one.SetAsync(new StateSet("ever", "1"u8.ToArray()), default);
        await _server.ExecuteAsync($"UPDATE {table} SET {column} = {column} - interval '10 seconds'", _database);

        await PostgreSqlParts.UntilAsync(async () => await _server.ExecuteAsync($"SELECT key FROM {table} ORDER BY key", _database) is ["ever", "long"]);
        Assert.Equal(["t"], await _server.ExecuteAsync($"SELECT value::timestamptz > now() - interval '1 minute' FROM dapr_metadata WHERE key = '{note}'", _database));
    }

    [Fact]
    public async Task Start_CleanupIntervalOfZeroOrLess_CleansNothingUp()
    {
        await using var zero = await StartAsync("v1", ("cleanupInterval", "0"));
        await using var less = await StartAsync("v2", ("cleanupIntervalInSeconds", "-1"));
        Assert.Equal(StateOutcome.Done, await less.SetAsync(new StateSet("key", "1"u8.ToArray()), default));
    }

    /// <summary>The statements of a dump without the data, in an order of their own.</summary>
    private static IEnumerable<string> Definitions(string dump)
        => Comments().Replace(dump, "")
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static statement => statement.StartsWith("CREATE", StringComparison.Ordinal) || statement.StartsWith("ALTER TABLE", StringComparison.Ordinal))
            .Select(static statement => string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            .Order(StringComparer.Ordinal);

    [GeneratedRegex("^(--|\\\\).*$", RegexOptions.Multiline)]
    private static partial Regex Comments();

    private async Task StartBothAsync()
    {
        await using var v1 = await StartAsync("v1");
        await using var v2 = await StartAsync("v2");
    }

    private Task<Components.PostgreSql.State.PostgreSqlStateStore> StartAsync(string version, params (string Name, string Value)[] metadata)
        => PostgreSqlParts.StartStoreAsync(version, [("connectionString", _server.Words(_database)), .. version is "v2" ? [("tablePrefix", "v2_")] : Array.Empty<(string, string)>(), .. metadata]);
}
