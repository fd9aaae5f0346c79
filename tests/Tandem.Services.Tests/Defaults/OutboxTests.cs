using System.Diagnostics;
using Dapper;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

[Trait("Storage", "Relational")]
public sealed class OutboxTests
{
    [Fact]
    public async Task Add_Committed_IsPublishedOnceAndInOrderPerSubject()
    {
        await using var service = await TestService.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(user => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await AddAsync(service, $"user-{user}", $"{i}");
            }
        })));

        await service.Sidecar.WaitUntilAsync(() => service.Sidecar.Published.Count == 50, "50 events");

        for (var user = 0; user < 5; user++)
        {
            var names = service.Sidecar.PublishedOf<UserRegistered>().Where(e => e.UserId == $"user-{user}").Select(static e => e.Name);
            Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"{i}"), names);
        }

        Assert.Equal(50, service.Sidecar.Published.Select(static e => e.Id).Distinct().Count());
        Assert.All(service.Sidecar.Published, static e =>
        {
            Assert.Equal(Topics.Users, e.Topic);
            Assert.True(Ids.IsValid(e.Id));
            Assert.Equal("UserRegistered", e.Type);
            Assert.False(e.Data.TryGetProperty("topic", out _));
        });
    }

    [Fact]
    public async Task Add_RolledBack_IsNeverPublished()
    {
        await using var service = await TestService.StartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.Database.WriteAsync(
            async tx =>
            {
                await service.Outbox.AddAsync(tx, Event("ghost", "x"), default);
                throw new InvalidOperationException("on purpose");
            },
            default));

        await AddAsync(service, "real", "y");
        await service.Sidecar.WaitForAsync<UserRegistered>(static e => e.UserId == "real");

        Assert.DoesNotContain(service.Sidecar.PublishedOf<UserRegistered>(), static e => e.UserId == "ghost");
        Assert.Equal("real", service.Sidecar.Published[^1].Subject);
    }

    [Fact]
    public async Task Publish_WhileTheBrokerIsDown_IsTriedUntilItIsTakenWithTheSameId()
    {
        await using var service = await TestService.StartAsync();
        service.Sidecar.IsPublishingDown = true;
        await service.Database.WriteAsync(tx => service.Outbox.AddAsync(tx, Event("a", "first"), "the-event-s-own-id", default), default);
        await AddAsync(service, "a", "second");
        Assert.Equal(2, await service.CountAsync("outbox"));

        service.Sidecar.IsPublishingDown = false;
        await service.Sidecar.WaitForAsync<UserRegistered>(static e => e.Name == "second");

        Assert.Equal(["first", "second"], service.Sidecar.PublishedOf<UserRegistered>().Select(static e => e.Name));
        Assert.Equal("the-event-s-own-id", service.Sidecar.Published[0].Id);
    }

    [Fact]
    public async Task Add_InATrace_CarriesItsContext()
    {
        await using var service = await TestService.StartAsync();
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        service.Sidecar.IsPublishingDown = true;
        await AddAsync(service, "traced", "x");
        await using var connection = await service.Database.OpenAsync(default);
        var stored = await connection.ExecuteScalarAsync<string>("SELECT traceparent FROM outbox");

        Assert.Contains(activity.TraceId.ToString(), stored, StringComparison.Ordinal);
    }

    private static Task AddAsync(TestService service, string userId, string name)
        => service.Database.WriteAsync(tx => service.Outbox.AddAsync(tx, Event(userId, name), default), default);

    private static UserRegistered Event(string userId, string name) => new() { UserId = userId, Email = "a@example.com", Name = name };
}
