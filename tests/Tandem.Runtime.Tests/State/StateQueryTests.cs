using Tandem.Components.State;
using Tandem.Runtime.Errors;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.State;

/// <summary>The query API on <c>state.sqlite</c>.</summary>
public sealed class StateQueryTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private StateBlocks _blocks = null!;

    public async Task InitializeAsync()
    {
        _blocks = await StateBlocks.StartAsync(
            _folder.Path,
            [
                StateBlocks.Component("store", "state.sqlite", ("connectionString", "state.db")),
                StateBlocks.Component("bare", "state.sqlite", ("connectionString", "bare.db"), ("keyPrefix", "none")),
                StateBlocks.Component("memory", "state.in-memory"),
            ],
            _time);
        await _blocks.SetAsync("store", "1", """{"person":{"org":"Dev Ops","id":1036},"city":"Seattle","state":"WA","tags":["a"]}""");
        await _blocks.SetAsync("store", "2", """{"person":{"org":"Hardware","id":1028},"city":"Portland","state":"OR","tags":["b","a"]}""");
        await _blocks.SetAsync("store", "3", """{"person":{"org":"Finance","id":1071},"city":"Sacramento","state":"CA","active":true}""");
        await _blocks.SetAsync("store", "4", """{"person":{"org":"Dev Ops","id":1042},"city":"Spokane","state":"WA","active":false,"boss":null}""");
        await _blocks.SetAsync("store", "5", """{"person":{"org":"Hardware","id":1007.5},"city":"Los Angeles","state":"CA","zip":"90001","quote \"key":1}""");
        await _blocks.SetAsync("store", "text", "\"words\"");
    }

    public async Task DisposeAsync()
    {
        await _blocks.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("""{"EQ":{"state":"CA"}}""", "3 5")]
    [InlineData("""{"EQ":{"person.org":"Dev Ops"}}""", "1 4")]
    [InlineData("""{"EQ":{"person.id":1028}}""", "2")]
    [InlineData("""{"EQ":{"person.id":1028.0}}""", "2")]
    [InlineData("""{"EQ":{"person.id":"1028"}}""", "")]
    [InlineData("""{"EQ":{"zip":90001}}""", "")]
    [InlineData("""{"EQ":{"active":true}}""", "3")]
    [InlineData("""{"EQ":{"active":1}}""", "")]
    [InlineData("""{"EQ":{"boss":null}}""", "4")]
    [InlineData("""{"EQ":{"tags[1]":"a"}}""", "2")]
    [InlineData("""{"NEQ":{"state":"CA"}}""", "1 2 4 text")]
    [InlineData("""{"GT":{"person.id":1036}}""", "3 4")]
    [InlineData("""{"GTE":{"person.id":1036}}""", "1 3 4")]
    [InlineData("""{"LT":{"person.id":1028}}""", "5")]
    [InlineData("""{"LTE":{"person.id":1028}}""", "2 5")]
    [InlineData("""{"GTE":{"city":"Seattle"}}""", "1 4")]
    [InlineData("""{"IN":{"state":["CA","OR"]}}""", "2 3 5")]
    [InlineData("""{"AND":[{"EQ":{"state":"CA"}},{"EQ":{"person.org":"Finance"}}]}""", "3")]
    [InlineData("""{"OR":[{"EQ":{"person.org":"Finance"}},{"AND":[{"EQ":{"person.org":"Dev Ops"}},{"IN":{"state":["WA","XX"]}}]}]}""", "1 3 4")]
    [InlineData("""{"EQ":{"nowhere.at.all":1}}""", "")]
    [InlineData("""{"EQ":{"state":"CA' OR 1=1 --"}}""", "")]
    [InlineData("""{}""", "1 2 3 4 5 text")]
    public async Task Query_EachFilter_FindsWhatFits(string filter, string keys)
    {
        var (found, token) = await _blocks.QueryAsync("store", $$"""{"filter":{{filter}}}""");

        Assert.Equal(keys, string.Join(' ', found));
        Assert.Null(token);
    }

    [Theory]
    [InlineData("""[{"key":"person.id"}]""", "text 5 2 1 4 3")]
    [InlineData("""[{"key":"state","order":"DESC"},{"key":"person.id","order":"ASC"}]""", "1 4 2 5 3 text")]
    [InlineData("""[{"key":"state","order":"desc"},{"key":"person.id","order":"DESC"}]""", "4 1 2 3 5 text")]
    [InlineData("[]", "1 2 3 4 5 text")]
    public async Task Query_Sort_OrdersByEachKey(string sort, string keys)
        => Assert.Equal(keys, string.Join(' ', (await _blocks.QueryAsync("store", $$"""{"sort":{{sort}}}""")).Keys));

    [Fact]
    public async Task Query_Page_GoesOnWithTheToken()
    {
        const string Query = """{"filter":{"NEQ":{"state":"OR"}},"sort":[{"key":"person.id","order":"DESC"}],"page":{"limit":2 TOKEN}}""";
        var pages = new List<string>();
        string? token = null;
        do
        {
            var (keys, next) = await _blocks.QueryAsync("store", Query.Replace("TOKEN", token is null ? "" : $",\"token\":\"{token}\"", StringComparison.Ordinal));
            pages.Add(string.Join(' ', keys));
            token = next;
        }
        while (token is not null);

        Assert.Equal(["3 4", "1 5", "text"], pages);
    }

    [Fact]
    public async Task Query_OthersKeysAndExpiredValues_AreNotSeen()
    {
        var inner = _blocks.Components.Find<IStateStore>("store")!;
        await inner.SetAsync(new StateSet("another||1", """{"state":"CA"}"""u8.ToArray()), default);
        await inner.SetAsync(new StateSet("app||Actor||1||field", """{"state":"CA"}"""u8.ToArray()), default);
        await inner.SetAsync(new StateSet("app||brief", """{"state":"CA"}"""u8.ToArray(), TimeToLive: TimeSpan.FromSeconds(1)), default);
        await inner.SetAsync(new StateSet("app||bytes", new byte[] { 0, 255 }), default);
        await inner.SetAsync(new StateSet("app||broken", "{\"state\":\"CA\""u8.ToArray()), default);
        Assert.Equal(["3", "5", "brief"], (await _blocks.QueryAsync("store", """{"filter":{"EQ":{"state":"CA"}}}""")).Keys);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["3", "5"], (await _blocks.QueryAsync("store", """{"filter":{"EQ":{"state":"CA"}}}""")).Keys);
        Assert.Contains("bytes", (await _blocks.QueryAsync("store", "{}")).Keys);
    }

    [Fact]
    public async Task Query_NoKeyPrefix_GivesTheKeys()
    {
        await _blocks.SetAsync("bare", "b", """{"n":1}""");
        await _blocks.SetAsync("bare", "a", """{"n":2}""");

        Assert.Equal(["a", "b"], (await _blocks.QueryAsync("bare", "{}")).Keys);
    }

    [Theory]
    [InlineData("no json", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("""{"filter":[]}""", "filter")]
    [InlineData("""{"filter":{"LIKE":{"a":1}}}""", "LIKE")]
    [InlineData("""{"filter":{"EQ":{"a":1},"NEQ":{"a":1}}}""", "exactly one")]
    [InlineData("""{"filter":{"EQ":{"a":1,"b":1}}}""", "EQ")]
    [InlineData("""{"filter":{"EQ":{"a":[1]}}}""", "EQ")]
    [InlineData("""{"filter":{"GT":{"a":true}}}""", "GT")]
    [InlineData("""{"filter":{"IN":{"a":1}}}""", "IN")]
    [InlineData("""{"filter":{"AND":[{"EQ":{"a":1}}]}}""", "AND")]
    [InlineData("""{"filter":{"OR":{"EQ":{"a":1}}}}""", "OR")]
    [InlineData("""{"filter":{"EQ":{"a..b":1}}}""", "a..b")]
    [InlineData("""{"filter":{"EQ":{"a\"b":1}}}""", "path")]
    [InlineData("""{"filter":{"EQ":{"a[x]":1}}}""", "a[x]")]
    [InlineData("""{"sort":[{"order":"ASC"}]}""", "sort")]
    [InlineData("""{"sort":[{"key":"a","order":"UP"}]}""", "UP")]
    [InlineData("""{"page":{"limit":-1}}""", "limit")]
    [InlineData("""{"page":{"limit":"2"}}""", "limit")]
    [InlineData("""{"page":{"limit":1,"token":"two"}}""", "two")]
    public async Task Query_Malformed_IsRefusedWithTheReason(string query, string reason)
    {
        var refusal = await Assert.ThrowsAsync<DaprException>(() => _blocks.QueryAsync("store", query));

        Assert.Equal((500, "ERR_STATE_QUERY"), (refusal.Error.Status, refusal.Error.Code));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_HugeFilter_IsRefused()
    {
        var values = string.Join(',', Enumerable.Range(0, 501));
        await Assert.ThrowsAsync<DaprException>(() => _blocks.QueryAsync("store", $$$"""{"filter":{"IN":{"a":[{{{values}}}]} } }"""));

        var deep = string.Concat(Enumerable.Repeat("""{"AND":[{"EQ":{"a":1}},""", 40)) + """{"EQ":{"a":1}}""" + string.Concat(Enumerable.Repeat("]}", 40));
        await Assert.ThrowsAsync<DaprException>(() => _blocks.QueryAsync("store", $$"""{"filter":{{deep}}}"""));
    }

    [Fact]
    public async Task Query_StoreThatCannot_SaysSo()
    {
        var refusal = await Assert.ThrowsAsync<DaprException>(() => _blocks.QueryAsync("memory", "{}"));
        Assert.Equal((500, "ERR_STATE_STORE_NOT_SUPPORTED"), (refusal.Error.Status, refusal.Error.Code));
    }
}
