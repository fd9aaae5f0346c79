using System.Net;
using System.Text;
using System.Text.Json;
using Tandem.Contracts.Events;
using Tandem.Notification;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Notification;

/// <summary>The ways that notifications take, and how they are counted.</summary>
public sealed class ChannelTests
{
    [Fact]
    public async Task Sms_GoesAsJsonThatAProvidersHttpApiCanRead()
    {
        await using var application = await StartAsync();
        var userId = Ids.New();
        Answer(application, userId, phone: "+1 555-0100");
        using var admin = application.CreateAdminClient();

        var created = await admin.PostAsync("/notifications", Request(userId, "sms"), HttpStatusCode.Created);

        await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "sent"));
        var id = created.Text("id");
        var bound = Assert.Single(application.Sidecar.Bound);
        Assert.Equal(("sms", "create"), (bound.Binding, bound.Operation));
        using var body = JsonDocument.Parse(bound.Data);
        Assert.Equal((id, "+1 555-0100", "Your parcel, \"now\""), (body.RootElement.Text("id"), body.RootElement.Text("to"), body.RootElement.Text("message")));
        Assert.Equal(("+1 555-0100", "application/json", id), (bound.Metadata["toNumber"], bound.Metadata["Content-Type"], bound.Metadata["Idempotency-Key"]));
    }

    [Fact]
    public async Task Sms_AsText_IsTheMessageAlone()
    {
        await using var application = await StartAsync(("SMS_FORMAT", "text"));
        var userId = Ids.New();
        Answer(application, userId, phone: "555 0100");
        using var admin = application.CreateAdminClient();

        await admin.PostAsync("/notifications", Request(userId, "sms"), HttpStatusCode.Created);

        await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "sent"));
        Assert.Equal("Your parcel, \"now\"", Encoding.UTF8.GetString(Assert.Single(application.Sidecar.Bound).Data));
    }

    [Fact]
    public async Task Email_AsText_LeavesTheHeadToTheBinding()
    {
        await using var application = await StartAsync(("MAIL_FORMAT", "text"), ("MAIL_FROM", "shop@example.com"));
        var userId = Ids.New();
        Answer(application, userId, email: "ann@example.com");
        using var admin = application.CreateAdminClient();

        await admin.PostAsync("/notifications", Request(userId, "email"), HttpStatusCode.Created);

        await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "sent"));
        var bound = Assert.Single(application.Sidecar.Bound);
        Assert.Equal("Your parcel, \"now\"", Encoding.UTF8.GetString(bound.Data));
        Assert.Equal(("shop@example.com", "ann@example.com", "A title"), (bound.Metadata["emailFrom"], bound.Metadata["emailTo"], bound.Metadata["subject"]));
    }

    [Theory]
    [InlineData("sms", null, null, "The user has no phone number.")]
    [InlineData("sms", null, "call me; rm", "The user's phone number is not valid.")]
    [InlineData("email", null, null, "The user has no email address.")]
    [InlineData("email", "ann@example.com\r\nBcc: b@example.com", null, "The user's email address is not valid.")]
    public async Task Channel_WithoutTheAddressThatItNeeds_FailsWithTheReason(string channel, string? email, string? phone, string reason)
    {
        await using var application = await StartAsync();
        var userId = Ids.New();
        Answer(application, userId, email, phone);
        using var admin = application.CreateAdminClient();

        await admin.PostAsync("/notifications", Request(userId, channel), HttpStatusCode.Created);

        var failed = Assert.Single(await application.WaitForAsync(userId, static all => all.All(static n => n.Text("status") == "failed")));
        Assert.Equal(reason, failed.Text("failureReason"));
        Assert.Empty(application.Sidecar.Bound);
        var stats = await admin.GetAsync($"/notifications/stats?userId={userId}", HttpStatusCode.OK);
        Assert.Equal(1, stats.GetProperty("byStatus").GetProperty("failed").GetInt32());
        Assert.Equal(1, stats.GetProperty("byChannel").GetProperty(channel).GetInt32());
    }

    [Fact]
    public async Task Metrics_CountByChannelAndOutcome()
    {
        await using var application = await StartAsync(("DEFAULT_RETRY_ATTEMPTS", "1"));
        var userId = Ids.New();
        Answer(application, userId, email: "ann@example.com");
        using var admin = application.CreateAdminClient();
        using var nobody = application.CreateAnonymousClient();
        var before = await MetricsAsync(nobody);

        await admin.PostAsync("/notifications", Request(userId, "in_app"), HttpStatusCode.Created);
        await admin.PostAsync("/notifications", Request(userId, "email"), HttpStatusCode.Created);
        await application.WaitForAsync(userId, static all => all.Any(static n => n.Text("status") == "sent"));
        await admin.PostAsync("/notifications", Request(userId, "sms"), HttpStatusCode.Created);
        await application.WaitForAsync(userId, static all => all.Any(static n => n.Text("status") == "failed"));

        var after = await MetricsAsync(nobody);
        foreach (var (channel, outcome) in ((string, string)[])[("in_app", "delivered"), ("email", "sent"), ("sms", "failed")])
        {
            var series = $"tandem_notifications_total{{channel=\"{channel}\",outcome=\"{outcome}\"}}";
            Assert.True(after[series] > before[series], series);
        }

        Assert.Contains("tandem_notifications_total{channel=\"email\",outcome=\"retried\"}", after.Keys);
        Assert.Contains("tandem_notifications_total{channel=\"email\",outcome=\"expired\"}", after.Keys);
    }

    [Fact]
    public async Task Event_DeliveredWhileTheRecipientIsToldOfAnother_MakesOneEachWhateverTheOrder()
    {
        await using var application = await StartAsync();
        var userId = Ids.New();
        var events = NotificationEvents.OneOfEach(userId).Select(static e => (Event: e, Id: Ids.New())).ToList();

        // Every event three times, out of order and at once.
        await Task.WhenAll(events.Concat(events.AsEnumerable().Reverse()).Concat(events).Select(async one => await application.DeliverAsync(one.Event, one.Id)));

        var types = (await application.ListAsync(userId)).Select(static n => n.Text("type")).Order(StringComparer.Ordinal);
        Assert.Equal(events.Select(static one => one.Event.GetType().Name).Order(StringComparer.Ordinal), types);
    }

    [Fact]
    public async Task Announcement_OfMaintenance_ReachesUsersOfWhomOnlyAnOrderTold()
    {
        await using var application = await StartAsync();
        var registered = Ids.New();
        var ordered = Ids.New();
        await application.DeliverAsync(NotificationEvents.UserRegistered(registered));
        await application.DeliverAsync(NotificationEvents.OrderPaid(ordered));
        using var admin = application.CreateAdminClient();
        using var customer = application.CreateClient(ordered);
        var body = new { type = "SystemMaintenance", message = "Back soon", startsAt = "2031-01-01T00:00:00Z", endsAt = "2031-01-01T01:00:00Z" };

        await customer.PostAsync("/notifications/announcements", body, HttpStatusCode.Forbidden);
        await admin.PostAsync("/notifications/announcements", body, HttpStatusCode.Accepted);
        var maintenance = await application.Sidecar.WaitForAsync<SystemMaintenance>();
        await application.DeliverAsync(maintenance, application.Sidecar.Published.Single(static e => e.Type == nameof(SystemMaintenance)).Id);

        foreach (var user in (string[])[registered, ordered])
        {
            var told = Assert.Single(await application.ListAsync(user, "&type=SystemMaintenance"));
            Assert.Equal(("high", "delivered"), (told.Text("priority"), told.Text("status")));
        }
    }

    [Fact]
    public async Task Announcement_WithOneKeyManyTimesAtOnce_IsMadeOnce()
    {
        await using var application = await StartAsync();
        using var admin = application.CreateAdminClient();
        admin.DefaultRequestHeaders.Add("Idempotency-Key", Ids.New());
        var body = new { type = "PromotionCreated", title = "Once", message = "Half price", validUntil = "2031-01-01T00:00:00Z" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => admin.PostAsync("/notifications/announcements", body, HttpStatusCode.Accepted)));
        await admin.PostAsync("/notifications/announcements", new { type = "PromotionCreated", title = "Other", message = "x", validUntil = "2031-01-01T00:00:00Z" }, HttpStatusCode.UnprocessableEntity);

        Assert.Single(answers.Select(static answer => answer.Text("eventId")).Distinct());
        await application.Sidecar.WaitForAsync<PromotionCreated>();
        Assert.Single(application.Sidecar.PublishedOf<PromotionCreated>());
    }

    private static async Task<ServiceApplication<NotificationService>> StartAsync(params (string Name, string Value)[] settings)
    {
        var application = new ServiceApplication<NotificationService>();
        foreach (var (name, value) in settings)
        {
            application.With(name, value);
        }

        await application.StartAsync();
        return application;
    }

    private static void Answer(ServiceApplication<NotificationService> application, string userId, string? email = null, string? phone = null)
        => application.Sidecar.Answer("identity", request => request.Path == "/.well-known/jwks.json" ? InvokedAnswer.Json(TestTokens.Jwks)
            : request.Path == $"/users/{userId}" ? InvokedAnswer.Json(new { id = userId, name = "Ann", email, phone })
            : InvokedAnswer.NotFound);

    private static object Request(string userId, string channel) => new { userId, type = "Greeting", channel, title = "A title", message = "Your parcel, \"now\"" };

    private static async Task<Dictionary<string, double>> MetricsAsync(HttpClient client)
        => (await client.GetStringAsync(Http.At("/metrics"))).Split('\n')
            .Where(static line => line.StartsWith("tandem_notifications_total{", StringComparison.Ordinal))
            .Select(static line => line.Split("} "))
            .ToDictionary(static parts => $"{parts[0]}}}", static parts => double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
}
