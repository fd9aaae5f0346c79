using System.Text;
using Tandem.Components.Bindings;
using Tandem.Testing;

namespace Tandem.Components.Tests.PostgreSql;

public sealed class PostgreSqlBindingTests : IAsyncLifetime
{
    private PostgreSqlServer _server = null!;
    private IOutputBinding _binding = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgreSqlServer.SharedAsync();
        _binding = await PostgreSqlParts.StartBindingAsync(("connectionString", _server.Url(await _server.CreateDatabaseAsync())));
    }

    public async Task DisposeAsync() => await ((IAsyncDisposable)_binding).DisposeAsync();

    [Fact]
    public async Task Invoke_ExecThenQuery_KeepsAndFindsRows()
    {
        await InvokeAsync("exec", "CREATE TABLE things (id int, name text, at timestamptz, tags text[], data jsonb)");
        var added = await InvokeAsync(
            "exec",
            "INSERT INTO things VALUES ($1, $2, $3, $4, $5), ($6, $7, now(), NULL, NULL)",
            """[1, "it's; DROP TABLE things", "2026-01-02T03:04:05Z", ["a,b", "c\"d", null], {"x": [1]}, "2", null]""");
        Assert.Equal("2", added!.Metadata["rows-affected"]);
        Assert.Equal("exec", added.Metadata["operation"]);
        Assert.StartsWith("INSERT", added.Metadata["sql"], StringComparison.Ordinal);
        Assert.All((string[])["start-time", "end-time", "duration"], name => Assert.NotEmpty(added.Metadata[name]));

        var found = await InvokeAsync("query", "SELECT * FROM things WHERE id = $1", "[1]");
        Assert.Equal(
            """[[1,"it's; DROP TABLE things","2026-01-02T03:04:05Z",["a,b","c\"d",null],{"x": [1]}]]""",
            System.Text.RegularExpressions.Regex.Unescape(Encoding.UTF8.GetString(found!.Data.Span)).Replace("c\"d", "c\\\"d", StringComparison.Ordinal));
        Assert.Equal("[]", Encoding.UTF8.GetString((await InvokeAsync("query", "SELECT * FROM things WHERE name = $1", "[\"x\"]"))!.Data.Span));
    }

    [Fact]
    public async Task Invoke_Query_WritesEachKindAsJsonHasIt()
    {
        var found = await InvokeAsync(
            "query",
            "SELECT 1::smallint, 2::bigint, 1.50::numeric, 0.5::float8, 'NaN'::float8, true, NULL, '\\x00ff'::bytea, '2026-01-02'::date, 'e9d13fb3-16cb-47e5-afde-9858d99f6815'::uuid, ARRAY[1,2], '1 day'::interval IS NULL");
        Assert.Equal(
            """[[1,2,1.50,0.5,"NaN",true,null,"AP8=","2026-01-02","e9d13fb3-16cb-47e5-afde-9858d99f6815",[1,2],false]]""",
            Encoding.UTF8.GetString(found!.Data.Span).Replace("2026-01-02T00:00:00Z", "2026-01-02", StringComparison.Ordinal));
        Assert.Equal("application/json", found.ContentType);
    }

    [Theory]
    [InlineData("explode", "SELECT 1", null, "exec, query, close")]
    [InlineData("exec", "", null, "'sql' is required")]
    [InlineData("exec", "SELECT 1", "{}", "'params' must be a JSON array")]
    [InlineData("exec", "SELECT 1", "[", "'params' must be a JSON array")]
    [InlineData("query", "SELECT * FROM nothing", null, "\"nothing\" does not exist")]
    [InlineData("query", "SELECT $1::int", "[\"x\"]", "22P02")]
    public async Task Invoke_CannotBeDone_SaysWhy(string operation, string sql, string? parameters, string problem)
    {
        var fault = await Assert.ThrowsAsync<BindingException>(() => InvokeAsync(operation, sql, parameters));
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(await InvokeAsync("query", "SELECT 1"));
    }

    [Fact]
    public async Task Invoke_Close_EndsTheBinding()
    {
        Assert.Null(await InvokeAsync("close", ""));
        Assert.Null(await InvokeAsync("close", ""));
        var fault = await Assert.ThrowsAsync<BindingException>(() => InvokeAsync("query", "SELECT 1"));
        Assert.Contains("close", fault.Message, StringComparison.Ordinal);
    }

    private Task<BindingResponse?> InvokeAsync(string operation, string sql, string? parameters = null)
    {
        var metadata = new Dictionary<string, string> { ["sql"] = sql };
        if (parameters is not null)
        {
            metadata["params"] = parameters;
        }

        return _binding.InvokeAsync(new BindingRequest(operation, default, metadata), default).AsTask().WithinAsync();
    }
}
