using System.Data.Common;
using Microsoft.Extensions.Configuration;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Testing;

namespace Tandem.Services.Tests.Defaults;

/// <summary>What is particular to a database that other instances, and other services, use at the same time.</summary>
public sealed class PostgreSqlDatabaseTests
{
    [Theory]
    [InlineData("Host=db.example;Database=shop;Username=ann;Password=hidden", "db.example:5432/shop")]
    [InlineData("Server=db.example;Port=6000;Database=shop", "db.example:6000/shop")]
    [InlineData("postgres://ann:p%40ss@db.example/shop?sslmode=verify-full&application_name=x", "db.example:5432/shop")]
    [InlineData("postgresql://ann:hidden@db.example:6000/shop?search_path=product", "db.example:6000/shop")]
    public async Task Create_OfAHost_IsPostgreSql(string connectionString, string address)
    {
        await using var engine = DatabaseEngines.Create(connectionString, Path.GetTempPath());
        Assert.Equal(address, Assert.IsType<PostgreSqlEngine>(engine).Address);
    }

    [Theory]
    [InlineData("Password=hidden")]
    [InlineData("hidden")]
    [InlineData("Host=;Password=hidden")]
    [InlineData("Host=x;Pasword=hidden")]
    [InlineData("postgresql://:hidden")]
    public void Create_OfNothingUseful_SaysWhatIsExpectedAndShowsNothing(string connectionString)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => DatabaseEngines.Create(connectionString, Path.GetTempPath()));
        Assert.Contains("connection string", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SchemasOfOneDatabase_AreApart()
    {
        var server = await PostgreSqlServer.SharedAsync();
        var database = $"Host=127.0.0.1;Port={server.Port};Username={PostgreSqlServer.User};Password={PostgreSqlServer.Password};Database={await server.CreateDatabaseAsync()}";
        await using var one = await StartAsync($"{database};Search Path=one");
        await using var other = await StartAsync($"{database};Search Path=other-1");
        await one.Database.WriteAsync(static tx => TestService.AddEffectAsync(tx, "mine"), default);

        Assert.Equal(["mine"], await one.EffectsAsync());
        Assert.Empty(await other.EffectsAsync());
        await using var lead = await one.Database.TryLeadAsync("work", default);
        await using var otherLead = await other.Database.TryLeadAsync("work", default);
        Assert.NotNull(lead);
        Assert.NotNull(otherLead);
    }

    [Fact]
    public async Task Start_TwoInstancesAtOnce_MigrateOnceAndOneLeads()
    {
        var database = await NewDatabaseAsync();
        var instances = await Task.WhenAll(StartAsync(database), StartAsync(database));

        // Its outbox leads now and then as well, so the name is one that nobody else uses.
        await using (var lead = await instances[0].Database.TryLeadAsync("work", default))
        {
            Assert.NotNull(lead);
            Assert.Null(await instances[1].Database.TryLeadAsync("work", default));
        }

        await using var next = await instances[1].Database.TryLeadAsync("work", default);
        Assert.NotNull(next);
        await Task.WhenAll(instances.Select(static instance => instance.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Outbox_OfTwoInstances_PublishesEachEventOnceAndInOrder()
    {
        var database = await NewDatabaseAsync();
        await using var one = await StartAsync(database);
        await using var other = await StartAsync(database);
        TestService[] instances = [one, other];
        for (var number = 0; number < 40; number++)
        {
            var e = new StockUpdated { ProductId = 7, Name = "lamp", Quantity = number, Previous = number - 1 };
            var instance = instances[number % 2];
            await instance.Database.WriteAsync(tx => instance.Outbox.AddAsync(tx, e, default), default);
        }

        for (var until = DateTime.UtcNow.AddSeconds(20); await one.CountAsync("outbox") > 0 && DateTime.UtcNow < until;)
        {
            await Task.Delay(20);
        }

        var published = instances.SelectMany(static instance => instance.Sidecar.PublishedOf<StockUpdated>()).Select(static e => e.Quantity).ToList();
        Assert.Equal(Enumerable.Range(0, 40), published.Order());
        Assert.All(instances, static instance =>
        {
            var its = instance.Sidecar.PublishedOf<StockUpdated>().Select(static e => e.Quantity).ToList();
            Assert.Equal(its.Order(), its);
        });
    }

    [Fact]
    public async Task Write_ServerKilledAndBack_GoesOnAndLosesNothing()
    {
        using var server = new PostgreSqlServer();
        await server.StartAsync();
        await using var service = await StartAsync(server.Url());
        await service.Database.WriteAsync(static tx => TestService.AddEffectAsync(tx, "before"), default);
        server.Kill();

        var reading = await Assert.ThrowsAnyAsync<DbException>(() => service.EffectsAsync());
        Assert.Equal(503, ServiceExceptionHandler.Describe(reading).StatusCode);
        var writing = service.Database.WriteAsync(static tx => TestService.AddEffectAsync(tx, "during"), default);
        await server.StartAsync();
        await writing.WithinAsync();
        Assert.Equal(["before", "during"], await service.EffectsAsync());

        await service.Database.WriteAsync(tx => service.Outbox.AddAsync(tx, new StockUpdated { ProductId = 7, Name = "lamp", Quantity = 1, Previous = 0 }, default), default);
        await service.Sidecar.WaitForAsync<StockUpdated>();
    }

    [Fact]
    public async Task Start_ServerComesLater_IsWaitedFor()
    {
        using var server = new PostgreSqlServer();
        await server.StartAsync();
        server.Kill();
        var starting = StartAsync(server.Url());
        await server.StartAsync();

        await using var service = await starting.WithinAsync();
        await service.Database.WriteAsync(static tx => TestService.AddEffectAsync(tx, "done"), default);
        Assert.Equal(["done"], await service.EffectsAsync());
    }

    private static async Task<string> NewDatabaseAsync()
    {
        var server = await PostgreSqlServer.SharedAsync();
        return server.Url(await server.CreateDatabaseAsync());
    }

    private static Task<TestService> StartAsync(string connectionString)
        => TestService.StartAsync(configure: builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:test-db"] = connectionString });
        });
}
