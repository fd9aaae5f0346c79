using System.Threading.Channels;
using Tandem.Components.Configuration;
using Tandem.Components.PostgreSql.Connection;
using Tandem.Components.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.PostgreSql;

/// <summary>Crashes of the server: nothing that was acknowledged is lost, and all goes on afterwards.</summary>
public sealed class PostgreSqlRecoveryTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    [Fact]
    public async Task Get_ServerKilledAndBack_FailsMeanwhileAndKnowsWhatWasSaved()
    {
        await using var store = await StartStoreAsync();
        await store.SetAsync(new StateSet("key", "1"u8.ToArray()), default);
        server.Kill();

        var fault = await Assert.ThrowsAsync<PostgreSqlUnavailableException>(() => store.GetAsync("key", default).AsTask().WithinAsync());
        Assert.Contains($"127.0.0.1:{server.Port}", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgreSqlServer.Password, fault.ToString(), StringComparison.Ordinal);

        await server.StartAsync();
        Assert.Equal("1"u8.ToArray(), (await store.GetAsync("key", default))!.Value.ToArray());
        Assert.Equal(StateOutcome.Done, await store.SetAsync(new StateSet("key", "2"u8.ToArray()), default));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task Set_ServerKilledUnderLoad_LosesNothingThatWasAnswered(string version)
    {
        await using var store = await StartStoreAsync(version);
        var saved = new System.Collections.Concurrent.ConcurrentBag<string>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                try
                {
                    var key = $"w{writer}||{number}";
                    await store.ExecuteAsync([new StateSet(key, "1"u8.ToArray()), new StateSet($"{key}||twin", "1"u8.ToArray())], default);
                    saved.Add(key);
                    if (saved.Count > 300)
                    {
                        enough.TrySetResult();
                    }
                }
                catch (PostgreSqlUnavailableException)
                {
                    // Not answered: it may be there or not, but not half of it.
                }
            }
        })).ToList();

        await enough.Task.WithinAsync();
        server.Kill();
        var before = saved.Count;
        await server.StartAsync();
        await PostgreSqlParts.UntilAsync(() => Task.FromResult(saved.Count > before + 100));
        await stop.CancelAsync();
        await Task.WhenAll(writers).WithinAsync();

        var found = new HashSet<string>();
        await foreach (var item in store.ListAsync("w", default))
        {
            found.Add(item.Key);
        }

        Assert.All(saved, key => Assert.Contains(key, found));
        Assert.All(found.Where(static key => !key.EndsWith("||twin", StringComparison.Ordinal)), key => Assert.Contains($"{key}||twin", found));
    }

    [Fact]
    public async Task Subscription_ServerKilledAndBack_IsToldOfWhatChangedMeanwhile()
    {
        var database = await server.CreateDatabaseAsync();
        await PostgreSqlConfigurationTests.CreateTableAsync(server, database);
        await server.ExecuteAsync("INSERT INTO settings VALUES ('a', 'before', '1', NULL), ('b', 'same', '1', NULL)", database);
        await using var store = await PostgreSqlParts.StartConfigurationAsync(("connectionString", server.Words(database)), ("table", "settings"), ("notifyChannel", "changes"));
        var told = Channel.CreateUnbounded<(string, ConfigurationItem?)>();
        await using var subscription = await store.SubscribeAsync(
            ["a", "b"],
            (key, item, _) =>
            {
                told.Writer.TryWrite((key, item));
                return ValueTask.CompletedTask;
            },
            default);
        server.Kill();
        await server.StartAsync();
        await server.ExecuteAsync("UPDATE settings SET value = 'after', version = '2' WHERE key = 'a'", database);
        Assert.Equal(("a", new ConfigurationItem("after", "2")), await told.Reader.ReadAsync().WithinAsync());

        await server.ExecuteAsync("DELETE FROM settings WHERE key = 'b'", database);
        while (await told.Reader.ReadAsync().WithinAsync() is not ("b", null))
        {
            // The same change may be told twice: as heard, and as seen after the interruption.
        }
    }

    [Fact]
    public async Task Get_ServerEndsAllConnections_NobodyNotices()
    {
        await using var store = await StartStoreAsync();
        await store.SetAsync(new StateSet("key", "1"u8.ToArray()), default);
        await server.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tandem tested'");

        Assert.Equal("1"u8.ToArray(), (await store.GetAsync("key", default))!.Value.ToArray());
    }

    private Task<Components.PostgreSql.State.PostgreSqlStateStore> StartStoreAsync(string version = "v1")
        => PostgreSqlParts.StartStoreAsync(version, ("connectionString", server.Words()), (version is "v1" ? "tableName" : "tablePrefix", PostgreSqlParts.NewTable()));
}
