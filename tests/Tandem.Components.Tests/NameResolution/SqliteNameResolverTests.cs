using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components.Metadata;
using Tandem.Components.NameResolution;
using Tandem.Components.Sqlite.Database;
using Tandem.Components.Sqlite.NameResolution;
using Tandem.Testing;

namespace Tandem.Components.Tests.NameResolution;

public sealed class SqliteNameResolverTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly List<SqliteNameResolver> _started = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var resolver in _started)
        {
            await resolver.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Resolve_Registered_GivesTheAddressUntilItIsTakenBack()
    {
        var resolver = await StartAsync();
        Assert.Null(await resolver.ResolveAsync("order", "default", default));

        var registration = await resolver.RegisterAsync(new AppRegistration("order", "default", "127.0.0.1:5001"), default);
        Assert.Equal("127.0.0.1:5001", await resolver.ResolveAsync("order", "default", default));
        Assert.Null(await resolver.ResolveAsync("order", "other", default));

        await registration.DisposeAsync();
        Assert.Null(await resolver.ResolveAsync("order", "default", default));
    }

    [Fact]
    public async Task Resolve_SeveralHosts_TakesTurns()
    {
        var resolver = await StartAsync();
        foreach (var port in (int[])[5001, 5002, 5003])
        {
            await resolver.RegisterAsync(new AppRegistration("order", "default", $"127.0.0.1:{port}"), default);
        }

        var resolved = new List<string?>();
        for (var i = 0; i < 9; i++)
        {
            resolved.Add(await resolver.ResolveAsync("order", "default", default));
        }

        Assert.All(resolved.GroupBy(static address => address), static host => Assert.Equal(3, host.Count()));
    }

    [Fact]
    public async Task Resolve_AnotherProcess_IsSeen()
    {
        var one = await StartAsync();
        var two = await StartAsync();
        var registration = await two.RegisterAsync(new AppRegistration("order", "default", "127.0.0.1:5001"), default);
        Assert.Equal("127.0.0.1:5001", await one.ResolveAsync("order", "default", default));

        await registration.DisposeAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await one.ResolveAsync("order", "default", default));
    }

    [Fact]
    public async Task Resolve_AnotherProcessFellSilent_IsForgotten()
    {
        var silentTime = new ManualTimeProvider();
        var silent = await StartAsync(silentTime);
        await silent.RegisterAsync(new AppRegistration("order", "default", "127.0.0.1:5001"), default);
        var resolver = await StartAsync();

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.NotNull(await resolver.ResolveAsync("order", "default", default));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await resolver.ResolveAsync("order", "default", default));
        Assert.NotNull(await silent.ResolveAsync("order", "default", default));
    }

    [Fact]
    public async Task Renew_EachHalfInterval_KeepsTheHostFresh()
    {
        var resolver = await StartAsync();
        await resolver.RegisterAsync(new AppRegistration("order", "default", "127.0.0.1:5001"), default);
        var registered = ReadNumber("SELECT last_update FROM hosts");

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (ReadNumber("SELECT last_update FROM hosts") < registered + 100)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(1, ReadNumber("SELECT count(*) FROM hosts"));
    }

    [Fact]
    public async Task Resolve_ProcessHasEnded_IsForgottenAtOnce()
    {
        var resolver = await StartAsync();
        await resolver.RegisterAsync(new AppRegistration("order", "default", "127.0.0.1:5001"), default);
        var dead = OwnerId.Create().Split('|') is [var place, _, var started, var id] ? $"{place}|{int.MaxValue}|{started}|{id}" : "";
        Write($"INSERT INTO hosts VALUES ('r', '127.0.0.1:5002', 'order', 'default', {_time.GetUtcNow().ToUnixTimeSeconds()}); INSERT INTO tandem_hosts VALUES ('r', '{dead}', 'Basket')");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("127.0.0.1:5001", await resolver.ResolveAsync("order", "default", default));
        Assert.Equal("127.0.0.1:5001", await resolver.ResolveAsync("order", "default", default));
        Assert.Empty(await resolver.GetActorHostsAsync("Basket", "default", default));
        await StartAsync();
        Assert.Equal(0, ReadNumber("SELECT count(*) FROM hosts WHERE registration_id = 'r'"));
    }

    [Fact]
    public async Task Resolve_HostThatDaprAnnounced_IsFound()
    {
        var resolver = await StartAsync();
        Write($"INSERT INTO hosts (registration_id, address, app_id, namespace, last_update) VALUES ('d', '127.0.0.1:50002', 'legacy', '', {_time.GetUtcNow().ToUnixTimeSeconds()})");

        Assert.Equal("127.0.0.1:50002", await resolver.ResolveAsync("legacy", "", default));
    }

    [Fact]
    public async Task Register_AddressOfAHostThatDied_TakesItOver()
    {
        var silent = await StartAsync(new ManualTimeProvider());
        await silent.RegisterAsync(new AppRegistration("old", "default", "127.0.0.1:5001"), default);
        var resolver = await StartAsync();
        await resolver.RegisterAsync(new AppRegistration("new", "default", "127.0.0.1:5001"), default);

        Assert.Null(await resolver.ResolveAsync("old", "default", default));
        Assert.Equal("127.0.0.1:5001", await resolver.ResolveAsync("new", "default", default));
    }

    [Fact]
    public async Task ActorHosts_TypesComeAndGo_AreListedInOrder()
    {
        var one = await StartAsync();
        var two = await StartAsync();
        var second = await two.RegisterAsync(new AppRegistration("basket", "default", "127.0.0.1:5002"), default);
        var first = await one.RegisterAsync(new AppRegistration("basket", "default", "127.0.0.1:5001"), default);
        await second.SetActorTypesAsync(["Basket", "Cart"], default);
        await first.SetActorTypesAsync(["Basket"], default);

        Assert.Equal(["127.0.0.1:5001", "127.0.0.1:5002"], await one.GetActorHostsAsync("Basket", "default", default));
        Assert.Equal(["127.0.0.1:5002"], await one.GetActorHostsAsync("Cart", "default", default));
        Assert.Empty(await one.GetActorHostsAsync("Basket", "other", default));

        await first.SetActorTypesAsync([], default);
        Assert.Equal(["127.0.0.1:5002"], await one.GetActorHostsAsync("Basket", "default", default));
        string?[] resolved = [await one.ResolveAsync("basket", "default", default), await one.ResolveAsync("basket", "default", default)];
        Assert.Contains("127.0.0.1:5001", resolved);
    }

    [Fact]
    public async Task Dispose_Resolver_TakesItsHostsBack()
    {
        var resolver = await StartAsync();
        await resolver.RegisterAsync(new AppRegistration("order", "default", "127.0.0.1:5001"), default);
        _started.Remove(resolver);
        await resolver.DisposeAsync();

        Assert.Equal(0, ReadNumber("SELECT (SELECT count(*) FROM hosts) + (SELECT count(*) FROM tandem_hosts)"));
    }

    [Theory]
    [InlineData("updateInterval", "100ms")]
    [InlineData("tableName", "no good")]
    [InlineData("connectionString", "")]
    public async Task Start_WrongField_IsNamed(string field, string value)
    {
        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => StartAsync(null, (field, value)));
        Assert.Equal(field, fault.Field);
    }

    private async Task<SqliteNameResolver> StartAsync(TimeProvider? timeProvider = null, params (string Name, string Value)[] metadata)
    {
        var fields = new Dictionary<string, string> { ["connectionString"] = "registry.db" };
        foreach (var (name, value) in metadata)
        {
            fields[name] = value;
        }

        var context = Contexts.Create(
            "nameresolution.sqlite", _folder.Path, timeProvider ?? _time, [.. fields.Select(static pair => (pair.Key, pair.Value))]);
        var options = SqliteNameResolverOptions.Parse(context);
        var resolver = new SqliteNameResolver(options, context.TimeProvider, NullLogger<SqliteNameResolver>.Instance);
        await resolver.InitializeAsync(SqliteDatabase.OpenApart(options.Database), CancellationToken.None);
        _started.Add(resolver);
        return resolver;
    }

    private long ReadNumber(string sql)
    {
        using var connection = SqliteConnection.Open(new SqliteOptions { Path = _folder["registry.db"] }, readOnly: true);
        return connection.ReadInt64(sql);
    }

    private void Write(string sql)
    {
        using var connection = SqliteConnection.Open(new SqliteOptions { Path = _folder["registry.db"] }, readOnly: false);
        connection.Execute(sql);
    }
}
