using System.Text;
using Tandem.Components.Bindings;
using Tandem.Components.Tests.Bindings;
using Tandem.Testing;

namespace Tandem.Components.Tests.Redis;

public sealed class RedisBindingTests(RedisServer server) : OutputBindingConformance, IClassFixture<RedisServer>
{
    private IOutputBinding _binding = null!;

    private protected override BindingRequest CreateRequest => Request("create", "\"hello\"", ("key", "k"));

    public override async Task InitializeAsync()
    {
        await server.ExecuteAsync("FLUSHALL");
        _binding = (IOutputBinding)await Contexts.Catalog().Bindings.StartAsync(RedisParts.Context("bindings.redis", server));
    }

    public override async Task DisposeAsync()
    {
        await ((IAsyncDisposable)_binding).DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Task<IOutputBinding> CreateAsync() => Task.FromResult(_binding);

    [Fact]
    public async Task Create_SetsTheKey()
    {
        Assert.Null(await _binding.InvokeAsync(Request("create", """{"n":1}""", ("key", "k")), default));
        Assert.Equal(["""{"n":1}"""], await server.ExecuteAsync("GET", "k"));
        Assert.Equal(["-1"], await server.ExecuteAsync("TTL", "k"));

        await _binding.InvokeAsync(Request("create", "\"text\"", ("key", "k"), ("ttlInSeconds", "100")), default);
        Assert.Equal(["text"], await server.ExecuteAsync("GET", "k"));
        Assert.InRange(int.Parse((await server.ExecuteAsync("TTL", "k"))[0]), 90, 100);
    }

    [Fact]
    public async Task Get_GivesTheValueAndTakesItWhereAsked()
    {
        Assert.True((await _binding.InvokeAsync(Request("get", "", ("key", "k")), default))!.Data.IsEmpty);
        await server.ExecuteAsync("SET", "k", "value");

        Assert.Equal("value", Encoding.UTF8.GetString((await _binding.InvokeAsync(Request("get", "", ("key", "k")), default))!.Data.Span));
        Assert.Equal("value", Encoding.UTF8.GetString((await _binding.InvokeAsync(Request("get", "", ("key", "k"), ("delete", "true")), default))!.Data.Span));
        Assert.Equal(["0"], await server.ExecuteAsync("EXISTS", "k"));
    }

    [Fact]
    public async Task Delete_RemovesTheKeyAndDoesNotMindWhenThereIsNone()
    {
        await server.ExecuteAsync("SET", "k", "value");
        Assert.Null(await _binding.InvokeAsync(Request("delete", "", ("key", "k")), default));
        Assert.Equal(["0"], await server.ExecuteAsync("EXISTS", "k"));
        Assert.Null(await _binding.InvokeAsync(Request("delete", "", ("key", "k")), default));
    }

    [Fact]
    public async Task Increment_ManyAtOnce_CountsEach()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _binding.InvokeAsync(Request("increment", "", ("key", "n")), default).AsTask()));
        Assert.Equal(["50"], await server.ExecuteAsync("GET", "n"));
        Assert.Equal(["-1"], await server.ExecuteAsync("TTL", "n"));

        await _binding.InvokeAsync(Request("increment", "", ("key", "n"), ("ttl", "90s")), default);
        Assert.InRange(int.Parse((await server.ExecuteAsync("TTL", "n"))[0]), 80, 90);
    }

    [Fact]
    public async Task Increment_NoNumber_SaysSo()
    {
        await server.ExecuteAsync("SET", "k", "text");
        Assert.Contains("integer", (await FailsAsync(Request("increment", "", ("key", "k")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create")]
    [InlineData("get")]
    [InlineData("delete")]
    [InlineData("increment")]
    public async Task Invoke_WithoutKey_SaysSo(string operation)
        => Assert.Contains("'key'", (await FailsAsync(Request(operation))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("create", "ttlInSeconds", "0")]
    [InlineData("create", "ttlInSeconds", "soon")]
    [InlineData("increment", "ttl", "-5s")]
    [InlineData("get", "delete", "perhaps")]
    public async Task Invoke_MetadataThatCannotBeRead_ChangesNothing(string operation, string name, string value)
    {
        Assert.Contains(name, (await FailsAsync(Request(operation, "1", ("key", "k"), (name, value)))).Message, StringComparison.Ordinal);
        Assert.Equal(["0"], await server.ExecuteAsync("EXISTS", "k"));
    }

    private Task<BindingException> FailsAsync(BindingRequest request)
        => Assert.ThrowsAsync<BindingException>(() => _binding.InvokeAsync(request, default).AsTask());
}
