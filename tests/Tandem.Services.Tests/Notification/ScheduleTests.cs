using System.Globalization;
using System.Net;
using System.Text.Json;
using Tandem.Notification;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Notification;

/// <summary>Notifications in time: scheduled, expired, cleaned up, tried again.</summary>
public sealed class ScheduleTests
{
    [Fact]
    public async Task Scheduled_WaitsForItsTimeAndLivesFromThen()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var application = new ServiceApplication<NotificationService> { Clock = clock };
        await application.StartAsync();
        using var admin = application.CreateAdminClient();
        var userId = Ids.New();
        var at = clock.GetUtcNow() + TimeSpan.FromMinutes(30);

        var created = await admin.PostAsync("/notifications/schedule", Request(userId, at), HttpStatusCode.Created);
        Assert.Equal("scheduled", created.Text("status"));
        Assert.Equal(JsonValueKind.Null, created.GetProperty("sentAt").ValueKind);
        await AdvanceUntilAsync(clock, application, userId, "delivered");

        var delivered = Assert.Single(await application.ListAsync(userId));
        Assert.True(delivered.GetProperty("sentAt").GetDateTimeOffset() >= at - TimeSpan.FromMilliseconds(1));
        Assert.Equal(at + TimeSpan.FromHours(24), delivered.GetProperty("expiresAt").GetDateTimeOffset(), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Scheduled_SentNow_GoesOutAtOnceAndOnce()
    {
        await using var application = new ServiceApplication<NotificationService>();
        await application.StartAsync();
        using var admin = application.CreateAdminClient();
        var userId = Ids.New();
        var id = (await admin.PostAsync("/notifications/schedule", Request(userId, DateTimeOffset.UtcNow.AddDays(1)), HttpStatusCode.Created)).Text("id");
        await admin.PostAsync($"/notifications/{id}/read", null, HttpStatusCode.Conflict);
        await admin.PutAsync($"/notifications/{id}", new { title = "Other", message = "Words", priority = "high" }, HttpStatusCode.OK);

        var sent = await admin.PostAsync($"/notifications/{id}/send", null, HttpStatusCode.OK);

        Assert.Equal(("delivered", "Other", "high"), (sent.Text("status"), sent.Text("title"), sent.Text("priority")));
        await admin.PostAsync($"/notifications/{id}/send", null, HttpStatusCode.Conflict);
        await admin.PostAsync($"/notifications/{id}/retry", null, HttpStatusCode.Conflict);
        await admin.PutAsync($"/notifications/{id}", new { title = "Late", message = "Words" }, HttpStatusCode.Conflict);
        await admin.DeleteAsync($"/notifications/{id}", HttpStatusCode.NoContent);
        await admin.DeleteAsync($"/notifications/{id}", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/notifications/schedule", null)]
    [InlineData("/notifications/schedule", "2020-01-01T00:00:00Z")]
    [InlineData("/notifications/schedule", "9999-12-31T23:59:59Z")]
    [InlineData("/notifications/schedule", "tomorrow")]
    [InlineData("/notifications", "2020-01-01T00:00:00Z")]
    [InlineData("/notifications", "9999-12-31T23:59:59Z")]
    public async Task ScheduledAt_InThePastOrFarFuture_Is400(string path, string? at)
    {
        await using var application = new ServiceApplication<NotificationService>();
        await application.StartAsync();
        using var admin = application.CreateAdminClient();

        var problem = await admin.PostAsync(path, new { userId = Ids.New(), type = "A", channel = "in_app", title = "t", message = "m", scheduledAt = at }, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("scheduledAt", out _), problem.GetRawText());
    }

    [Fact]
    public async Task Expired_IsGoneForItsUserBeforeTheCleanupAndFromTheDatabaseAfterIt()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var application = new ServiceApplication<NotificationService> { Clock = clock };
        application.With("NOTIFICATION_TTL", "10m").With("CLEANUP_INTERVAL", "12h");
        await application.StartAsync();
        using var admin = application.CreateAdminClient();
        var userId = Ids.New();
        using var user = application.CreateClient(userId);
        var id = (await admin.PostAsync("/notifications", Request(userId), HttpStatusCode.Created)).Text("id");
        await user.GetAsync($"/notifications/{id}", HttpStatusCode.OK);

        clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Empty(await application.ListAsync(userId));
        await user.GetAsync($"/notifications/{id}", HttpStatusCode.NotFound);
        await user.PostAsync($"/notifications/{id}/read", null, HttpStatusCode.NotFound);
        Assert.Equal(0, (await user.GetAsync("/notifications/unread", HttpStatusCode.OK)).GetProperty("total").GetInt32());
        Assert.Equal(0, (await user.GetAsync("/notifications/stats", HttpStatusCode.OK)).GetProperty("total").GetInt32());
        Assert.Equal(0, (await user.PostAsync("/notifications/read-all", new { userId }, HttpStatusCode.OK)).GetProperty("updated").GetInt32());
        Assert.Equal(1, (await admin.PostAsync("/notifications/cleanup", null, HttpStatusCode.OK)).GetProperty("removed").GetInt32());
        Assert.Equal(0, (await admin.PostAsync("/notifications/cleanup", null, HttpStatusCode.OK)).GetProperty("removed").GetInt32());
    }

    [Fact]
    public async Task Cleanup_ComesByItself()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var application = new ServiceApplication<NotificationService> { Clock = clock };
        application.With("NOTIFICATION_TTL", "10m").With("CLEANUP_INTERVAL", "1h");
        await application.StartAsync();
        using var admin = application.CreateAdminClient();
        await admin.PostAsync("/notifications", Request(Ids.New()), HttpStatusCode.Created);
        var database = (Database)application.Services.GetService(typeof(Database))!;

        using var patience = new CancellationTokenSource(ServiceApplication<NotificationService>.Deadline);
        while (await CountAsync(database) > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromMinutes(20));
        }

        Assert.Equal(0, (await admin.PostAsync("/notifications/cleanup", null, HttpStatusCode.OK)).GetProperty("removed").GetInt32());
    }

    [Fact]
    public async Task Email_FailingAgainAndAgain_IsTriedAsOftenAsTheSettingSays()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var application = new ServiceApplication<NotificationService> { Clock = clock };
        application.With("DEFAULT_RETRY_ATTEMPTS", "4");
        await application.StartAsync();
        application.Sidecar.AreBindingsDown = true;
        var userId = Ids.New();
        await application.DeliverAsync(NotificationEvents.UserRegistered(userId));

        await AdvanceUntilAsync(clock, application, userId, "failed");

        var failed = Assert.Single(await application.ListAsync(userId));
        Assert.Equal(4, failed.GetProperty("attempts").GetInt32());
        Assert.NotEmpty(failed.Text("failureReason"));
    }

    [Theory]
    [InlineData("NOTIFICATION_TTL", "soon")]
    [InlineData("CLEANUP_INTERVAL", "0")]
    [InlineData("DEFAULT_RETRY_ATTEMPTS", "many")]
    [InlineData("MAIL_FORMAT", "json")]
    [InlineData("SMS_FORMAT", "eml")]
    public async Task Setting_ThatIsNone_IsNamed(string name, string value)
    {
        await using var application = new ServiceApplication<NotificationService>();
        application.With(name, value);
        await application.Sidecar.StartAsync();

        var exception = Assert.ThrowsAny<Exception>(() => application.Services);

        Assert.Contains(name, exception.ToString(), StringComparison.Ordinal);
    }

    private static object Request(string userId, DateTimeOffset? scheduledAt = null)
        => new { userId, type = "A", channel = "in_app", title = "t", message = "m", scheduledAt = scheduledAt?.ToString("O", CultureInfo.InvariantCulture) };

    /// <summary>Second by second, and not while an attempt is under way: its patience is measured by the same clock.</summary>
    private static async Task AdvanceUntilAsync(Defaults.ManualTimeProvider clock, ServiceApplication<NotificationService> application, string userId, string status)
    {
        using var patience = new CancellationTokenSource(ServiceApplication<NotificationService>.Deadline);
        while (Assert.Single(await application.ListAsync(userId)).Text("status") != status)
        {
            patience.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
    }

    private static async Task<long> CountAsync(Database database)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        return await Dapper.SqlMapper.ExecuteScalarAsync<long>(connection, "SELECT COUNT(*) FROM notifications");
    }
}
