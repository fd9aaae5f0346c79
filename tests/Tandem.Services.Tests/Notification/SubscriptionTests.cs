using System.Net;
using System.Net.Http.Json;
using Tandem.Contracts.Events;
using Tandem.Notification;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Notification;

[Trait("Storage", "Relational")]
public sealed class SubscriptionTests(ServiceApplication<NotificationService> application) : IClassFixture<ServiceApplication<NotificationService>>
{
    [Fact]
    public async Task Event_DeliveredManyTimesAtOnce_MakesOneNotification()
    {
        var userId = Ids.New();
        var eventId = Ids.New();
        var paid = NotificationEvents.OrderPaid(userId);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => application.TryDeliverAsync(paid, eventId)));

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var notification = Assert.Single(await application.ListAsync(userId));
        Assert.Equal("OrderPaid", notification.Text("type"));
        Assert.Equal("in_app", notification.Text("channel"));
        Assert.Equal("delivered", notification.Text("status"));
        Assert.Equal(paid.OrderId, notification.GetProperty("data").Text("orderId"));
    }

    [Fact]
    public async Task EveryTypeThatConcernsAUser_MakesOneNotificationOfItsName()
    {
        var userId = Ids.New();
        var events = NotificationEvents.OneOfEach(userId);

        foreach (var e in events)
        {
            await application.DeliverAsync(e);
        }

        var types = (await application.ListAsync(userId)).Select(static n => n.Text("type"));
        Assert.Equal(events.Select(static e => e.GetType().Name).Order(StringComparer.Ordinal), types.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task StockEvents_ConcernNoCustomer()
    {
        using var admin = application.CreateAdminClient();
        var before = await TotalAsync(admin);

        await application.DeliverAsync(new StockOut { ProductId = 1, Name = "Lamp", Quantity = 0, Previous = 3 });

        Assert.Equal(before, await TotalAsync(admin));
    }

    [Fact]
    public async Task Subscriptions_AreAllTopicsWithTheirDeadLetters()
    {
        using var sidecar = application.CreateSidecarClient();

        var subscriptions = await sidecar.GetFromJsonAsync<List<System.Text.Json.JsonElement>>(new Uri("/dapr/subscribe", UriKind.Relative));

        string[] topics = [Topics.Baskets, Topics.Marketing, Topics.Orders, Topics.Payments, Topics.Stock, Topics.System, Topics.Users];
        Assert.Equal(topics.Order(StringComparer.Ordinal), subscriptions!.Select(static s => s.Text("topic")).Order(StringComparer.Ordinal));
        Assert.All(subscriptions!, static s => Assert.Equal($"{s.Text("topic")}-dead", s.Text("deadLetterTopic")));
    }

    [Fact]
    public async Task Event_FromAnybodyButTheSidecar_IsRefused()
    {
        using var client = application.CreateAnonymousClient();

        using var response = await client.PostAsJsonAsync(new Uri("/events/order-events", UriKind.Relative), new { id = "1" });

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Announcement_ReachesEveryKnownUserOnce()
    {
        string[] users = [Ids.New(), Ids.New(), Ids.New()];
        foreach (var user in users)
        {
            await application.DeliverAsync(NotificationEvents.UserRegistered(user));
        }

        using var admin = application.CreateAdminClient();
        using var answer = await admin.PostAsJsonAsync(
            new Uri("/notifications/announcements", UriKind.Relative),
            new { type = "PromotionCreated", title = "Lamps", message = "Half price", validUntil = "2031-01-01T00:00:00Z" });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var promotion = await application.Sidecar.WaitForAsync<PromotionCreated>(static e => e.Title == "Lamps");
        var published = application.Sidecar.Published.Single(static e => e.Type == nameof(PromotionCreated));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => application.DeliverAsync(promotion, published.Id)));

        foreach (var user in users)
        {
            Assert.Single(await application.ListAsync(user), static n => n.Text("type") == "PromotionCreated" && n.Text("title") == "Lamps");
        }
    }

    [Theory]
    [InlineData("""{"type":"Other","message":"x"}""")]
    [InlineData("""{"type":"PromotionCreated","title":"","message":"x","validUntil":"2031-01-01T00:00:00Z"}""")]
    [InlineData("""{"type":"PromotionCreated","title":"x"}""")]
    [InlineData("""{"type":"SystemMaintenance","message":"x","startsAt":"2031-01-02T00:00:00Z","endsAt":"2031-01-01T00:00:00Z"}""")]
    [InlineData("[]")]
    public async Task Announcement_ThatIsWrong_IsABadRequest(string body)
    {
        using var admin = application.CreateAdminClient();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await admin.PostAsync(new Uri("/notifications/announcements", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<long> TotalAsync(HttpClient admin)
        => (await admin.GetFromJsonAsync<System.Text.Json.JsonElement>(new Uri("/notifications?pageSize=1", UriKind.Relative))).GetProperty("total").GetInt64();
}
