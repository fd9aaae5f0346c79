using System.Text;
using Tandem.Components.PostgreSql.State;
using Tandem.Components.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.PostgreSql;

/// <summary>The query API on version 1.</summary>
public sealed class PostgreSqlQueryTests : IAsyncLifetime
{
    private QueryableStateStore _store = null!;

    public async Task InitializeAsync()
    {
        var server = await PostgreSqlServer.SharedAsync();
        _store = (QueryableStateStore)await PostgreSqlParts.StartStoreAsync("v1", ("connectionString", server.Words()), ("tableName", PostgreSqlParts.NewTable()));
        foreach (var (key, value) in ((string, string)[])
            [
                ("app||1", """{"name":"Ann","age":30,"org":{"id":1},"tags":["a","b"],"ok":true}"""),
                ("app||2", """{"name":"Bob","age":25.5,"org":{"id":2},"tags":["c"],"ok":false}"""),
                ("app||3", """{"name":"Cid","age":"30","note":null}"""),
                ("app||4", "no json"),
                ("app||T||x", """{"name":"Ann","age":30}"""),
                ("other||1", """{"name":"Ann","age":30}"""),
            ])
        {
            await _store.SetAsync(new StateSet(key, Encoding.UTF8.GetBytes(value)), default);
        }
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Query_NoFilter_GivesAllOfThePrefix() => Assert.Equal(["1", "2", "3", "4"], await KeysAsync(null));

    [Theory]
    [InlineData("name", StateComparator.Equal, "Ann", "1")]
    [InlineData("name", StateComparator.NotEqual, "Ann", "2,3,4")]
    [InlineData("age", StateComparator.Equal, 30L, "1")]
    [InlineData("age", StateComparator.Equal, "30", "3")]
    [InlineData("age", StateComparator.Greater, 25L, "1,2")]
    [InlineData("age", StateComparator.LessOrEqual, 25.5, "2")]
    [InlineData("name", StateComparator.GreaterOrEqual, "Bob", "2,3")]
    [InlineData("name", StateComparator.Less, "Bob", "1")]
    [InlineData("org.id", StateComparator.Equal, 2L, "2")]
    [InlineData("tags[1]", StateComparator.Equal, "b", "1")]
    [InlineData("ok", StateComparator.Equal, true, "1")]
    [InlineData("note", StateComparator.Equal, null, "3")]
    [InlineData("nothing", StateComparator.Equal, null, "")]
    public async Task Query_OneComparison_FindsWhatFits(string path, StateComparator comparator, object? value, string expected)
        => Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), await KeysAsync(Compare(path, comparator, value)));

    [Fact]
    public async Task Query_Groups_AreNested()
        => Assert.Equal(
            ["1", "2"],
            await KeysAsync(new StateFilterGroup(
                false,
                [
                    Compare("name", StateComparator.Equal, "Bob"),
                    new StateFilterGroup(true, [Compare("ok", StateComparator.Equal, true), Compare("age", StateComparator.Greater, 29L)]),
                ])));

    [Fact]
    public async Task Query_SortAndPages_GiveEachOnce()
    {
        StateSort[] sort = [new(Path("name"), Descending: true)];
        var first = await _store.QueryAsync(new StateQuery("app||", null, sort, 2, null), default);
        Assert.Equal(["app||3", "app||2"], first.Items.Select(static item => item.Key));
        var second = await _store.QueryAsync(new StateQuery("app||", null, sort, 2, first.Token), default);
        Assert.Equal(["app||1", "app||4"], second.Items.Select(static item => item.Key));
        Assert.Null(second.Token);
        Assert.NotNull(second.Items[0].ETag);
        await Assert.ThrowsAsync<StateQueryException>(() => _store.QueryAsync(new StateQuery("app||", null, sort, 2, "x"), default).AsTask());
    }

    [Fact]
    public async Task Query_HostileTexts_AreValues()
        => Assert.Empty(await KeysAsync(Compare("name') OR 1=1 --", StateComparator.Equal, "'; DROP TABLE x; --")));

    [Fact]
    public async Task Version2_IsNotQueryable()
    {
        var server = await PostgreSqlServer.SharedAsync();
        await using var store = await PostgreSqlParts.StartStoreAsync("v2", ("connectionString", server.Words()), ("tablePrefix", PostgreSqlParts.NewTable()));
        Assert.IsNotAssignableFrom<IQueryableStateStore>(store);
    }

    private static StateComparison Compare(string path, StateComparator comparator, object? value) => new(Path(path), comparator, value);

    private static StateQueryPath Path(string text) => StateQueryPath.TryParse(text, out var path) ? path : throw new ArgumentException(text);

    private async Task<IEnumerable<string>> KeysAsync(StateFilter? filter)
        => (await _store.QueryAsync(new StateQuery("app||", filter, [], null, null), default)).Items.Select(static item => item.Key["app||".Length..]);
}
