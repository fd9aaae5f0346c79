using System.Text;
using Tandem.Components.Jobs;
using Tandem.Components.Sqlite.Database;
using Tandem.Testing;

namespace Tandem.Components.Tests.Jobs;

public sealed class SqliteJobStoreTests : IAsyncDisposable
{
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly IJobStore _store;

    public SqliteJobStoreTests() => _store = Open();

    [Fact]
    public async Task GetAsync_BeforeAnythingWasKept_MakesNoFile()
    {
        var jobs = _store.Open("default", "app");
        Assert.Null(await jobs.GetAsync("any", CancellationToken.None));
        Assert.Null(await jobs.FindNextAsync(CancellationToken.None));
        await jobs.DeleteAsync("any", CancellationToken.None);
        await jobs.DisposeAsync();
        Assert.False(File.Exists(_folder["jobs.db"]));
    }

    [Fact]
    public async Task SaveAsync_AJob_IsReadBackByAnotherProcess()
    {
        await using var jobs = _store.Open("default", "app");
        var job = Job("one", 10) with { ExpiresAt = _clock.GetUtcNow().AddDays(1), Triggered = 7 };
        Assert.True(await jobs.SaveAsync(job, overwrite: false, CancellationToken.None));
        await _store.DisposeAsync();

        await using var again = Open();
        var read = await again.Open("default", "app").GetAsync("one", CancellationToken.None);
        Assert.Equal((job.Due, job.ExpiresAt, 7), (read!.Due, read.ExpiresAt, read.Triggered));
        Assert.Equal(job.Definition.ToArray(), read.Definition.ToArray());
    }

    [Theory]
    [InlineData("default", "other")]
    [InlineData("elsewhere", "app")]
    public async Task SaveAsync_OfAnotherAppOrNamespace_IsApart(string appNamespace, string appId)
    {
        await using var jobs = _store.Open("default", "app");
        await using var others = _store.Open(appNamespace, appId);
        await jobs.SaveAsync(Job("one", 0), overwrite: false, CancellationToken.None);
        Assert.Null(await others.FindNextAsync(CancellationToken.None));
        Assert.Empty(await others.ClaimAsync(10, Claim, CancellationToken.None));
        Assert.True(await others.SaveAsync(Job("one", 0), overwrite: false, CancellationToken.None));
    }

    [Fact]
    public async Task ClaimAsync_WhatAnotherHolds_IsNotGiven()
    {
        await using var first = _store.Open("default", "app");
        await using var second = _store.Open("default", "app");
        await first.SaveAsync(Job("later", 60), overwrite: false, CancellationToken.None);
        await first.SaveAsync(Job("b", -1), overwrite: false, CancellationToken.None);
        await first.SaveAsync(Job("a", -2), overwrite: false, CancellationToken.None);

        Assert.Equal(["a"], (await first.ClaimAsync(1, Claim, CancellationToken.None)).Select(static job => job.Name));
        Assert.Equal(["b"], (await second.ClaimAsync(10, Claim, CancellationToken.None)).Select(static job => job.Name));
        Assert.Empty(await first.ClaimAsync(10, Claim, CancellationToken.None));
        Assert.Equal(_clock.GetUtcNow().AddSeconds(60), await first.FindNextAsync(CancellationToken.None));
    }

    [Fact]
    public async Task ClaimAsync_AClaimThatRanOut_IsTakenOver()
    {
        await using var first = _store.Open("default", "app");
        await using var second = _store.Open("default", "app");
        await first.SaveAsync(Job("one", 0), overwrite: false, CancellationToken.None);
        var claimed = Assert.Single(await first.ClaimAsync(1, Claim, CancellationToken.None));
        _clock.Advance(Claim / 2);
        Assert.True(await first.RenewAsync(claimed, Claim, CancellationToken.None));
        _clock.Advance(Claim / 2 * 1.5);
        Assert.Empty(await second.ClaimAsync(1, Claim, CancellationToken.None));

        _clock.Advance(Claim);
        Assert.True(await second.FindNextAsync(CancellationToken.None) <= _clock.GetUtcNow());
        Assert.Single(await second.ClaimAsync(1, Claim, CancellationToken.None));

        // The first comes too late with what it has to say.
        Assert.False(await first.RenewAsync(claimed, Claim, CancellationToken.None));
        await first.CompleteAsync(claimed, null, CancellationToken.None);
        Assert.NotNull(await first.GetAsync("one", CancellationToken.None));
    }

    [Fact]
    public async Task ClaimAsync_WhatADeadProcessHeld_IsTakenOverAtOnce()
    {
        await using var jobs = _store.Open("default", "app");
        await jobs.SaveAsync(Job("one", 0), overwrite: false, CancellationToken.None);
        var database = SqliteDatabase.Acquire(new SqliteOptions { Path = _folder["jobs.db"] });
        var parts = OwnerId.Create().Split('|');
        parts[1] = int.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await database.WriteAsync(
            static (connection, owner) =>
            {
                using var hold = connection.Prepare("UPDATE jobs SET owner = ?1, held_until = ?2").Bind(1, owner).Bind(2, long.MaxValue - 1);
                hold.Run();
            },
            string.Join('|', parts),
            CancellationToken.None);

        Assert.Equal(_clock.GetUtcNow(), await jobs.FindNextAsync(CancellationToken.None));
        Assert.Single(await jobs.ClaimAsync(1, Claim, CancellationToken.None));
        await database.DisposeAsync();
    }

    [Fact]
    public async Task CompleteAsync_WithANext_FreesItForItsTime()
    {
        await using var jobs = _store.Open("default", "app");
        await jobs.SaveAsync(Job("one", 0), overwrite: false, CancellationToken.None);
        var claimed = Assert.Single(await jobs.ClaimAsync(1, Claim, CancellationToken.None));
        await jobs.CompleteAsync(claimed, claimed with { Due = claimed.Due.AddSeconds(5), Triggered = 1 }, CancellationToken.None);
        Assert.Equal(claimed.Due.AddSeconds(5), await jobs.FindNextAsync(CancellationToken.None));
        Assert.Equal(1, (await jobs.GetAsync("one", CancellationToken.None))!.Triggered);
    }

    [Fact]
    public async Task CompleteAsync_AJobThatWasReplaced_LeavesTheNewOne()
    {
        await using var jobs = _store.Open("default", "app");
        await jobs.SaveAsync(Job("one", 0), overwrite: false, CancellationToken.None);
        var claimed = Assert.Single(await jobs.ClaimAsync(1, Claim, CancellationToken.None));
        Assert.False(await jobs.SaveAsync(Job("one", 60), overwrite: false, CancellationToken.None));
        Assert.True(await jobs.SaveAsync(Job("one", 60), overwrite: true, CancellationToken.None));
        await jobs.CompleteAsync(claimed, null, CancellationToken.None);
        Assert.Equal(_clock.GetUtcNow().AddSeconds(60), await jobs.FindNextAsync(CancellationToken.None));
    }

    [Fact]
    public async Task DisposeAsync_GivesBackWhatIsHeld()
    {
        var first = _store.Open("default", "app");
        await using var second = _store.Open("default", "app");
        await first.SaveAsync(Job("one", 0), overwrite: false, CancellationToken.None);
        Assert.Single(await first.ClaimAsync(1, Claim, CancellationToken.None));
        await first.DisposeAsync();
        Assert.Single(await second.ClaimAsync(1, Claim, CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private IJobStore Open() => Contexts.Catalog().JobStores.Create(Contexts.Create("jobs.sqlite", _folder.Path, _clock, ("connectionString", "jobs.db")));

    private StoredJob Job(string name, int seconds)
        => new(name, Encoding.UTF8.GetBytes($$"""{"of":"{{name}}"}"""), _clock.GetUtcNow().AddSeconds(seconds), null, 0);
}
