using System.Text;
using Tandem.Components.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.State;

/// <summary>What every state store does.</summary>
public abstract class StateStoreConformance : IAsyncLifetime
{
    private ITransactionalStateStore _store = null!;

    private protected ManualTimeProvider Time { get; } = new();

    private protected abstract Task<IStateStore> CreateStoreAsync();

    /// <summary>Lets that much time pass for the store.</summary>
    private protected virtual Task PassAsync(TimeSpan time)
    {
        Time.Advance(time);
        return Task.CompletedTask;
    }

    /// <summary>An ETag of the store's form that no key has.</summary>
    private protected virtual string ForeignETag => Guid.NewGuid().ToString();

    /// <summary>What the store says to a write without an ETag that needs one.</summary>
    private protected virtual StateOutcome WithoutETag => StateOutcome.ETagMismatch;

    /// <summary>What the store says to a delete with an ETag when the key is gone.</summary>
    private protected virtual StateOutcome DeletedAgain => StateOutcome.ETagMismatch;

    /// <summary>Whether the store says when a value expires.</summary>
    private protected virtual bool TellsExpiry => true;

    /// <summary>Whether an operation that does not fit takes back the others of its transaction.</summary>
    private protected virtual bool TakesBack => true;

    /// <summary>How text comes back: a store may keep what JSON says, and not how it was written.</summary>
    private protected virtual string Kept(string value) => value;

    /// <summary>What the store says to when a value expires that was just saved.</summary>
    private protected virtual void CheckExpiry(DateTimeOffset? expiresAt, TimeSpan timeToLive) => Assert.Equal(TellsExpiry ? Time.GetUtcNow() + timeToLive : null, expiresAt);

    public async Task InitializeAsync() => _store = (ITransactionalStateStore)await CreateStoreAsync();

    public virtual async Task DisposeAsync()
    {
        if (_store is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    [Fact]
    public async Task Get_MissingKey_IsNull() => Assert.Null(await GetAsync("missing"));

    [Theory]
    [InlineData("""{"name":"lamp","tags":["x","☃"]}""")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("plain words")]
    public async Task Set_AnyText_ComesBackAsItWas(string value)
    {
        Assert.Equal(StateOutcome.Done, await SetAsync("key", value));

        var item = await GetAsync("key");
        Assert.Equal(Kept(value), Text(item));
        Assert.NotEmpty(item!.ETag!);
        Assert.Null(item.ExpiresAt);
    }

    [Fact]
    public async Task Set_AnyBytes_ComeBackAsTheyWere()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(static number => (byte)number)];
        await _store.SetAsync(new StateSet("bytes", bytes), default);
        await _store.SetAsync(new StateSet("nul", "a\0b"u8.ToArray()), default);

        Assert.Equal(bytes, (await GetAsync("bytes"))!.Value.ToArray());
        Assert.Equal("a\0b"u8.ToArray(), (await GetAsync("nul"))!.Value.ToArray());
    }

    [Fact]
    public async Task Set_ExistingKey_ReplacesValueAndETag()
    {
        await SetAsync("key", "1");
        var before = await GetAsync("key");
        await SetAsync("key", "2");

        var after = await GetAsync("key");
        Assert.Equal("2", Text(after));
        Assert.NotEqual(before!.ETag, after!.ETag);
    }

    [Fact]
    public async Task Set_WithCurrentETag_IsDone()
    {
        await SetAsync("key", "1");
        var etag = (await GetAsync("key"))!.ETag;

        Assert.Equal(StateOutcome.Done, await SetAsync("key", "2", etag));
        Assert.Equal("2", Text(await GetAsync("key")));
    }

    [Fact]
    public async Task Set_WithStaleETag_ReportsMismatchAndChangesNothing()
    {
        await SetAsync("key", "1");
        var stale = (await GetAsync("key"))!.ETag;
        await SetAsync("key", "2");

        Assert.Equal(StateOutcome.ETagMismatch, await SetAsync("key", "3", stale));
        Assert.Equal("2", Text(await GetAsync("key")));
    }

    [Fact]
    public async Task Set_WithETagOfMissingKey_ReportsMismatch()
    {
        Assert.Equal(StateOutcome.ETagMismatch, await SetAsync("missing", "1", ForeignETag));
        Assert.Null(await GetAsync("missing"));
    }

    [Fact]
    public async Task Set_FirstWriteWithoutETag_OnlyCreates()
    {
        Assert.Equal(StateOutcome.Done, await SetAsync("key", "1", concurrency: StateConcurrency.FirstWrite));
        Assert.Equal(WithoutETag, await SetAsync("key", "2", concurrency: StateConcurrency.FirstWrite));
        Assert.Equal("1", Text(await GetAsync("key")));
    }

    [Fact]
    public async Task Delete_MissingKey_IsDone() => Assert.Equal(StateOutcome.Done, await _store.DeleteAsync(new StateDelete("missing"), default));

    [Fact]
    public async Task Delete_ExistingKey_RemovesIt()
    {
        await SetAsync("key", "1");

        Assert.Equal(StateOutcome.Done, await _store.DeleteAsync(new StateDelete("key"), default));
        Assert.Null(await GetAsync("key"));
    }

    [Fact]
    public async Task Delete_WithETag_NeedsTheCurrentOne()
    {
        await SetAsync("key", "1");
        var stale = (await GetAsync("key"))!.ETag;
        await SetAsync("key", "2");
        var current = (await GetAsync("key"))!.ETag;

        Assert.Equal(StateOutcome.ETagMismatch, await _store.DeleteAsync(new StateDelete("key", stale), default));
        Assert.NotNull(await GetAsync("key"));
        Assert.Equal(StateOutcome.Done, await _store.DeleteAsync(new StateDelete("key", current), default));
        Assert.Null(await GetAsync("key"));
        Assert.Equal(DeletedAgain, await _store.DeleteAsync(new StateDelete("key", current), default));
    }

    [Fact]
    public async Task GetMany_SomeMissing_KeepsTheOrder()
    {
        await SetAsync("a", "1");
        await SetAsync("b", "2");

        var items = await _store.GetManyAsync(["b", "missing", "a"], default);
        Assert.Equal(["2", null, "1"], items.Select(Text));
        Assert.Empty(await _store.GetManyAsync([], default));
    }

    [Fact]
    public async Task Execute_AllFit_AppliesInOrder()
    {
        await SetAsync("gone", "1");

        var outcome = await _store.ExecuteAsync(
            [Set("a", "1"), Set("a", "2"), Set("b", "3"), new StateDelete("gone"), Set("c", "4"), new StateDelete("c")], default);

        Assert.Equal(StateOutcome.Done, outcome);
        Assert.Equal(["2", "3", null, null], (await _store.GetManyAsync(["a", "b", "gone", "c"], default)).Select(Text));
    }

    [Fact]
    public async Task Execute_OneDoesNotFit_AppliesNothing()
    {
        await SetAsync("a", "1");
        await SetAsync("b", "1");

        var outcome = await _store.ExecuteAsync(
            [Set("a", "2"), new StateDelete("b"), Set("new", "2"), Set("a", "3", ForeignETag)], default);

        Assert.Equal(StateOutcome.ETagMismatch, outcome);
        Assert.Equal(TakesBack ? ["1", "1", null] : ["2", null, "2"], (await _store.GetManyAsync(["a", "b", "new"], default)).Select(Text));
    }

    [Fact]
    public async Task Execute_NoOperations_IsDone() => Assert.Equal(StateOutcome.Done, await _store.ExecuteAsync([], default));

    [Fact]
    public async Task Set_WithTimeToLive_IsThereForThatLongAndNoLonger()
    {
        Time.Advance(TimeSpan.FromMilliseconds(300)); // Not a whole second: a store that rounds keeps the value for too long.
        await SetAsync("brief", "1", timeToLive: TimeSpan.FromSeconds(10));

        CheckExpiry((await GetAsync("brief"))!.ExpiresAt, TimeSpan.FromSeconds(10));
        await PassAsync(TimeSpan.FromSeconds(9));
        Assert.NotNull(await GetAsync("brief"));
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Null(await GetAsync("brief"));
    }

    [Fact]
    public async Task Set_WithoutTimeToLive_EndsAnEarlierOne()
    {
        await SetAsync("key", "1", timeToLive: TimeSpan.FromSeconds(1));
        await SetAsync("key", "2");
        await PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal("2", Text(await GetAsync("key")));
    }

    [Fact]
    public async Task Set_ExpiredKey_CountsAsMissing()
    {
        await SetAsync("key", "1", timeToLive: TimeSpan.FromSeconds(1));
        var etag = (await GetAsync("key"))!.ETag;
        await PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(StateOutcome.ETagMismatch, await SetAsync("key", "2", etag));
        Assert.Equal(DeletedAgain, await _store.DeleteAsync(new StateDelete("key", etag), default));
        Assert.Equal(StateOutcome.Done, await SetAsync("key", "3", concurrency: StateConcurrency.FirstWrite));
        Assert.Equal("3", Text(await GetAsync("key")));
    }

    [Fact]
    public async Task List_ByPrefix_GivesLiveItemsInOrder()
    {
        foreach (var key in (string[])["app||b", "app||a", "app||a||1", "apq", "ap", "APP||c"])
        {
            await SetAsync(key, key);
        }

        await SetAsync("app||brief", "x", timeToLive: TimeSpan.FromSeconds(1));
        await PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["app||a", "app||a||1", "app||b"], await ListAsync("app||"));
        Assert.Equal(6, (await ListAsync("")).Count);
        Assert.Empty(await ListAsync("zzz"));
    }

    [Fact]
    public async Task List_ManyItems_GivesEachOnce()
    {
        var keys = Enumerable.Range(0, 700).Select(static number => $"many||{number:D4}").ToList();
        await _store.ExecuteAsync([.. keys.Select(static key => Set(key, "1"))], default);

        Assert.Equal(keys, await ListAsync("many||"));
    }

    [Fact]
    public async Task DeleteWithPrefix_DeletesThoseOnly()
    {
        foreach (var key in (string[])["app||T||1||a", "app||T||1||b", "app||T||10||a", "app||T"])
        {
            await SetAsync(key, "1");
        }

        var deleted = await ((IPrefixDeletingStateStore)_store).DeleteWithPrefixAsync("app||T||1||", default);

        Assert.Equal(2, deleted);
        Assert.Equal(["app||T", "app||T||10||a"], await ListAsync(""));
    }

    [Fact]
    public async Task Set_ManyWritersWithETags_LoseNoUpdate()
    {
        await SetAsync("counter", "0");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var added = 0; added < 10;)
            {
                var item = await GetAsync("counter");
                added += await SetAsync("counter", (int.Parse(Text(item)!) + 1).ToString(), item!.ETag) == StateOutcome.Done ? 1 : 0;
            }
        }))).WithinAsync();

        Assert.Equal("80", Text(await GetAsync("counter")));
    }

    /// <summary>
    /// Writers that know each other only through ETags note what they did in lists under a few keys. Whatever they were told is done must be
    /// there in the end, and nothing else.
    /// </summary>
    [Fact]
    public Task Write_RandomWritersWithETags_LoseNothingAndInventNothing() => Seeded.RunAsync(async random =>
    {
        string[] keys = ["list||a", "list||b", "list||c"];
        var noted = keys.ToDictionary(static key => key, static _ => new HashSet<string>());
        var deleted = keys.ToDictionary(static key => key, static _ => new HashSet<string>());
        var seeds = Enumerable.Range(0, 6).Select(_ => random.Next()).ToList();
        await Task.WhenAll(keys.Select(key => SetAsync(key, "").AsTask()));

        await Task.WhenAll(seeds.Select((seed, writer) => Task.Run(() => WriteAsync(new Random(seed), writer)))).WithinAsync();

        foreach (var key in keys)
        {
            var list = Text(await GetAsync(key)) ?? "";
            Assert.Equal(noted[key].Except(deleted[key]).Order(StringComparer.Ordinal), list.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        }

        async Task WriteAsync(Random dice, int writer)
        {
            for (var number = 0; number < 30; number++)
            {
                var note = $"w{writer}n{number}";
                // A store whose transactions take nothing back gives ETags again after a delete, too: there only single values are saved.
                var chosen = TakesBack && dice.Next(4) == 0 ? dice.GetItems(keys, 2).Distinct().ToList() : [keys[dice.Next(keys.Length)]];
                var before = await _store.GetManyAsync(chosen, default);
                var isDelete = TakesBack && dice.Next(8) == 0 && before[0] is not null;
                List<StateOperation> operations = isDelete
                    ? [new StateDelete(chosen[0], before[0]!.ETag)]
                    : [.. chosen.Select((key, index) => new StateSet(
                        key, Encoding.UTF8.GetBytes($"{Text(before[index])} {note}"), before[index]?.ETag, StateConcurrency.FirstWrite))];
                var outcome = operations switch
                {
                    [StateSet set] => await _store.SetAsync(set, default),
                    [StateDelete delete] => await _store.DeleteAsync(delete, default),
                    _ => await _store.ExecuteAsync(operations, default),
                };
                if (outcome != StateOutcome.Done)
                {
                    continue;
                }

                lock (noted)
                {
                    if (isDelete)
                    {
                        deleted[chosen[0]].UnionWith(Text(before[0])!.Split(' '));
                    }
                    else
                    {
                        chosen.ForEach(key => noted[key].Add(note));
                    }
                }
            }
        }
    });

    private protected static StateSet Set(string key, string value, string? etag = null) => new(key, Encoding.UTF8.GetBytes(value), etag);

    private protected static string? Text(StateItem? item) => item is null ? null : Encoding.UTF8.GetString(item.Value.Span);

    private ValueTask<StateItem?> GetAsync(string key) => _store.GetAsync(key, default);

    private ValueTask<StateOutcome> SetAsync(
        string key, string value, string? etag = null, StateConcurrency concurrency = StateConcurrency.LastWrite, TimeSpan? timeToLive = null)
        => _store.SetAsync(new StateSet(key, Encoding.UTF8.GetBytes(value), etag, concurrency, timeToLive), default);

    private async Task<List<string>> ListAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (var item in ((IKeyListingStateStore)_store).ListAsync(prefix, default))
        {
            keys.Add(item.Key);
        }

        return keys;
    }
}
