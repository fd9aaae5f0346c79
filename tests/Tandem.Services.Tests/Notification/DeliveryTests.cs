using System.Net;
using System.Text;
using Tandem.Notification;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Notification;

[Trait("Storage", "Relational")]
public sealed class DeliveryTests
{
    [Fact]
    public async Task UserRegistered_GoesOutAsOneEmail()
    {
        await using var application = new ServiceApplication<NotificationService>();
        await application.StartAsync();
        var userId = Ids.New();

        await application.DeliverAsync(NotificationEvents.UserRegistered(userId, "ann@example.com"));

        var sent = Assert.Single(await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "sent")));
        Assert.Equal("email", sent.Text("channel"));
        Assert.Equal(1, sent.GetProperty("attempts").GetInt32());
        var file = Assert.Single(application.Sidecar.Files);
        Assert.Equal(("email", $"{sent.Text("id")}.eml"), file.Key);
        Assert.Contains("To: Ann\r\n <ann@example.com>\r\n", Encoding.UTF8.GetString(file.Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Email_ToAUserOfWhomNoEventTold_GoesToTheAddressThatIdentityKnows()
    {
        await using var application = new ServiceApplication<NotificationService>();
        await application.StartAsync();
        var userId = Ids.New();
        AnswerAsIdentity(application, request => request.Path == $"/users/{userId}"
            ? InvokedAnswer.Json(new { id = userId, email = "bob@example.com", name = "Bob" })
            : InvokedAnswer.NotFound);

        await application.DeliverAsync(NotificationEvents.OrderShipped(userId));

        await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "sent"));
        Assert.Contains("<bob@example.com>", Encoding.UTF8.GetString(application.Sidecar.Files.Values.Single()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Email_ToAUserWithoutAnAddress_FailsWithTheReason()
    {
        await using var application = new ServiceApplication<NotificationService>();
        await application.StartAsync();
        var userId = Ids.New();

        await application.DeliverAsync(NotificationEvents.OrderShipped(userId));

        var failed = Assert.Single(await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "failed")));
        Assert.Equal("The user has no email address.", failed.Text("failureReason"));
        Assert.Empty(application.Sidecar.Files);
    }

    [Fact]
    public async Task Email_WhoseAttemptsAreUsedUp_FailsAndGoesOutWhenRetried()
    {
        await using var application = new ServiceApplication<NotificationService>().With("DEFAULT_RETRY_ATTEMPTS", "1");
        await application.StartAsync();
        application.Sidecar.AreBindingsDown = true;
        var userId = Ids.New();
        await application.DeliverAsync(NotificationEvents.UserRegistered(userId));
        var failed = Assert.Single(await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "failed")));

        application.Sidecar.AreBindingsDown = false;
        using var admin = application.CreateAdminClient();
        using var retried = await admin.PostAsync(new Uri($"/notifications/{failed.Text("id")}/retry", UriKind.Relative), content: null);

        Assert.Equal(HttpStatusCode.OK, retried.StatusCode);
        await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "sent"));
        Assert.Single(application.Sidecar.Files);
        using var again = await admin.PostAsync(new Uri($"/notifications/{failed.Text("id")}/retry", UriKind.Relative), content: null);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Email_ThatFailsOnce_IsTriedAgainLater()
    {
        var clock = new ManualTimeProvider();
        await using var application = new ServiceApplication<NotificationService> { Clock = clock };
        await application.StartAsync();
        application.Sidecar.AreBindingsDown = true;
        var userId = Ids.New();
        await application.DeliverAsync(NotificationEvents.UserRegistered(userId));
        await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "pending" && n.GetProperty("failureReason").GetString() is not null));

        application.Sidecar.AreBindingsDown = false;
        var sent = await AdvanceToAttemptAsync(clock, application, userId, attempt: 2);

        Assert.Equal(2, sent.GetProperty("attempts").GetInt32());
        Assert.Single(application.Sidecar.Files);
    }

    [Fact]
    public async Task Dispatcher_AfterACrashInTheMiddle_SendsToTheSameFileWhenTheClaimRunsOut()
    {
        var clock = new ManualTimeProvider();
        await using var application = new ServiceApplication<NotificationService> { Clock = clock };
        await application.StartAsync();
        var userId = Ids.New();

        // What a process leaves behind that was killed after it had claimed and before it had said how it went.
        var database = (Database)application.Services.GetService(typeof(Database))!;
        var store = (NotificationStore)application.Services.GetService(typeof(NotificationStore))!;
        var now = clock.GetUtcNow();
        var claimed = UserNotification.Create(userId, "OrderShipped", Channel.Email, Priority.Normal, "Title", "Text", now, TimeSpan.FromDays(1)).Claim(now + TimeSpan.FromSeconds(30));
        await database.WriteAsync(
            async tx =>
            {
                await RecipientStore.SaveAsync(tx, new Recipient { UserId = userId, Email = "ann@example.com" }, CancellationToken.None);
                await store.AddAsync(tx, claimed, CancellationToken.None);
            },
            CancellationToken.None);

        var sent = await AdvanceToAttemptAsync(clock, application, userId, attempt: 2);

        Assert.Equal(2, sent.GetProperty("attempts").GetInt32());
        Assert.Equal(("email", $"{claimed.Id}.eml"), Assert.Single(application.Sidecar.Files).Key);
    }

    /// <summary>
    /// Moves the clock to the next attempt, and no further: while it is under way the clock stands, for its patience is measured by the same clock.
    /// </summary>
    private static async Task<System.Text.Json.JsonElement> AdvanceToAttemptAsync(
        ManualTimeProvider clock, ServiceApplication<NotificationService> application, string userId, int attempt)
    {
        using var patience = new CancellationTokenSource(ServiceApplication<NotificationService>.Deadline);
        while (Assert.Single(await application.ListAsync(userId)).GetProperty("attempts").GetInt32() < attempt)
        {
            patience.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        return Assert.Single(await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "sent")));
    }

    private static void AnswerAsIdentity(ServiceApplication<NotificationService> application, Func<InvokedRequest, InvokedAnswer> users)
        => application.Sidecar.Answer("identity", request => request.Path == "/.well-known/jwks.json" ? InvokedAnswer.Json(TestTokens.Jwks) : users(request));
}
