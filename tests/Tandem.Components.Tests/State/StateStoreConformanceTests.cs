using Tandem.Components.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.State;

public sealed class InMemoryStateStoreConformance : StateStoreConformance
{
    private protected override Task<IStateStore> CreateStoreAsync()
        => Contexts.Catalog().StateStores.StartAsync(Contexts.Create("state.in-memory", Path.GetTempPath(), Time));
}

public sealed class SqliteStateStoreConformance : StateStoreConformance
{
    private readonly TemporaryFolder _folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override Task<IStateStore> CreateStoreAsync()
        => Contexts.Catalog().StateStores.StartAsync(
            Contexts.Create("state.sqlite", _folder.Path, Time, ("connectionString", "data/state.db")));
}

public sealed class SqliteInMemoryStateStoreConformance : StateStoreConformance
{
    private protected override Task<IStateStore> CreateStoreAsync()
        => Contexts.Catalog().StateStores.StartAsync(
            Contexts.Create("state.sqlite", Path.GetTempPath(), Time, ("connectionString", ":memory:")));
}

public sealed class SqliteRollbackJournalStateStoreConformance : StateStoreConformance
{
    private readonly TemporaryFolder _folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override Task<IStateStore> CreateStoreAsync()
        => Contexts.Catalog().StateStores.StartAsync(Contexts.Create(
            "state.sqlite", _folder.Path, Time, ("connectionString", "state.db"), ("disableWAL", "true"), ("tableName", "things"), ("metadataTableName", "about")));
}

public sealed class RedisStateStoreConformance(RedisServer server) : StateStoreConformance, IClassFixture<RedisServer>
{
    private protected override string ForeignETag => "999999";

    private protected override StateOutcome WithoutETag => StateOutcome.ETagRequired;

    private protected override StateOutcome DeletedAgain => StateOutcome.Done;

    private protected override bool TellsExpiry => false;

    private protected override bool TakesBack => false;

    private protected override async Task<IStateStore> CreateStoreAsync()
    {
        await server.ExecuteAsync("FLUSHALL");
        return await Contexts.Catalog().StateStores.StartAsync(Contexts.Create("state.redis", Path.GetTempPath(), null, ("redisHost", server.Address)));
    }

    /// <summary>The server's clock cannot be moved, but its keys can be made older.</summary>
    private protected override async Task PassAsync(TimeSpan time)
        => await server.ExecuteAsync(
            "EVAL",
            "for _, key in ipairs(redis.call('KEYS', '*')) do local left = redis.call('PTTL', key); if left >= 0 then redis.call('PEXPIRE', key, left - ARGV[1]) end end",
            "0",
            $"{(long)time.TotalMilliseconds}");
}
