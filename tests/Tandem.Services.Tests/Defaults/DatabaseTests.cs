using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

[Trait("Storage", "Relational")]
public sealed class DatabaseTests
{
    [Fact]
    public async Task Write_ThatThrows_LeavesNothing()
    {
        await using var service = await TestService.StartAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => service.Database.WriteAsync(
            async tx =>
            {
                await TestService.AddEffectAsync(tx, "lost");
                throw new InvalidOperationException("on purpose");
            },
            CancellationToken.None));

        Assert.Empty(await service.EffectsAsync());
    }

    [Fact]
    public async Task Write_ManyAtOnce_AreOneAfterTheOther()
    {
        await using var service = await TestService.StartAsync();
        await service.Database.WriteAsync(static tx => tx.Connection!.ExecuteAsync("CREATE TABLE counter (n INTEGER NOT NULL); INSERT INTO counter VALUES (0)", transaction: tx), default);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => service.Database.WriteAsync(
            static async tx =>
            {
                var n = await tx.Connection!.ExecuteScalarAsync<int>($"SELECT n FROM counter{tx.ForUpdate()}", transaction: tx);
                await Task.Yield();
                await tx.Connection!.ExecuteAsync("UPDATE counter SET n = @next", new { next = n + 1 }, tx);
            },
            CancellationToken.None))));

        await using var connection = await service.Database.OpenAsync(default);
        Assert.Equal(50, await connection.ExecuteScalarAsync<int>("SELECT n FROM counter"));
    }

    [Fact]
    public async Task Write_InsideWrite_SaysSoInsteadOfWaitingForItself()
    {
        await using var service = await TestService.StartAsync();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => service.Database.WriteAsync(
            _ => service.Database.WriteAsync(static tx => TestService.AddEffectAsync(tx, "inner"), default), default));

        Assert.Contains("inside WriteAsync", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_OfAnAggregateWithoutRows_IsNull()
    {
        await using var service = await TestService.StartAsync();
        await using var connection = await service.Database.OpenAsync(default);
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));

        Assert.Null(await connection.QuerySingleAsync<DateTimeOffset?>("SELECT MAX(handled_at) FROM inbox"));
        Assert.Null(await connection.QuerySingleAsync<DateTimeOffset?>("SELECT @time", new { time = (DateTimeOffset?)null }));
        Assert.Equal(time, await connection.QuerySingleAsync<DateTimeOffset?>("SELECT @time", new { time }));
        await Assert.ThrowsAnyAsync<System.Data.DataException>(() => connection.QuerySingleAsync<DateTimeOffset>("SELECT MAX(handled_at) FROM inbox"));
    }

    [Fact]
    public async Task Open_ForReading_RefusesToWrite()
    {
        await using var service = await TestService.StartAsync();
        await using var connection = await service.Database.OpenAsync(default);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => connection.ExecuteAsync("INSERT INTO effects (what) VALUES ('x')"));
    }

    [Fact]
    public async Task AfterCommit_RunsAfterACommitAndNotAfterARollback()
    {
        await using var service = await TestService.StartAsync();
        List<string> ran = [];

        await service.Database.WriteAsync(
            tx =>
            {
                service.Database.AfterCommit(tx, () => ran.Add("committed"));
                return Task.CompletedTask;
            },
            default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.Database.WriteAsync(
            tx =>
            {
                service.Database.AfterCommit(tx, () => ran.Add("rolled back"));
                throw new InvalidOperationException("on purpose");
            },
            default));

        Assert.Equal(["committed"], ran);
    }

    [Fact]
    public async Task Times_RoundTripAndSort()
    {
        await using var service = await TestService.StartAsync();
        DateTimeOffset[] times = [new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)), new(2026, 1, 2, 2, 0, 0, TimeSpan.Zero), DateTimeOffset.UnixEpoch];
        await service.Database.WriteAsync(
            async tx =>
            {
                await tx.Connection!.ExecuteAsync($"CREATE TABLE times (at {(TestDatabase.IsPostgreSql ? "TIMESTAMPTZ" : "TEXT")} NOT NULL)", transaction: tx);
                await tx.Connection!.ExecuteAsync("INSERT INTO times (at) VALUES (@at)", times.Select(static at => new { at }), tx);
            },
            default);

        await using var connection = await service.Database.OpenAsync(default);
        var stored = (await connection.QueryAsync<DateTimeOffset>("SELECT at FROM times ORDER BY at")).ToList();

        Assert.Equal(times.Order(), stored);
        Assert.All(stored, static at => Assert.Equal(TimeSpan.Zero, at.Offset));
    }
}
