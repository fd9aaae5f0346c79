using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tandem.EndToEnd.Tests.Mesh;
using Tandem.EndToEnd.Tests.Shop;

namespace Tandem.EndToEnd.Tests;

/// <summary>What nobody could handle is seen by an admin, sent again, and has its effect once.</summary>
public sealed class DeadLetterTests(MeshFixture fixture) : IClassFixture<MeshFixture>
{
    private const string CloudEvents = "application/cloudevents+json";

    /// <summary>A subscriber that fails is asked again for about half a minute.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private RunningMesh Mesh => fixture.Mesh;

    [Fact]
    public async Task DeadLetters_OfEveryKind_AreListedAndSentAgain()
    {
        using var shopper = await Shopper.RegisterAsync(Mesh.Gateway, "letters");
        using var admin = await Shopper.SignInAsync(Mesh.Gateway, "admin@example.com");

        // Shipping (Node.js) alone refuses an order without an id, and the others take it; nobody takes what has outlived its time, or is no event.
        var refused = Guid.CreateVersion7().ToString();
        var expired = Guid.CreateVersion7().ToString();
        await PublishAsync(EventOf(refused, "OrderPaid", shopper.User.Id, orderId: ""), CloudEvents);
        await PublishAsync(EventOf(expired, "OrderCreated", shopper.User.Id, orderId: "o-1", expiration: "2020-01-01T00:00:00Z"), CloudEvents);
        await PublishAsync("this is no event", "text/plain", "?metadata.rawPayload=true");

        var raw = await LetterAsync(admin, letter => letter.EventId is null && letter.Status == "dead");
        Assert.Equal("this is no event", raw.Data.GetString());
        await admin.RetryDeadLetterAsync(raw.Id);
        await LetterAsync(admin, letter => letter.Id == raw.Id && letter.Deaths >= 2);

        // Four subscribers gave it up, and it is one letter; sent again it has time to live, and tells its user once.
        var late = await LetterAsync(admin, letter => letter.EventId == expired);
        Assert.Equal(("order-events", "OrderCreated"), (late.Topic, late.Type));
        await admin.RetryDeadLetterAsync(late.Id);
        await LetterAsync(admin, letter => letter.Id == late.Id && letter.Status == "retried");
        await ToldAsync(shopper, "OrderCreated");

        // Those who had it do nothing when it comes again. What is published after it, and told, comes after it.
        var own = await LetterAsync(admin, letter => letter.EventId == refused);
        Assert.Equal("OrderPaid", own.Type);
        await ToldAsync(shopper, "OrderPaid");
        await admin.RetryDeadLetterAsync(own.Id);
        await LetterAsync(admin, letter => letter.Id == own.Id && letter.Retries == 1 && letter.Status != "retrying");
        await PublishAsync(EventOf(Guid.CreateVersion7().ToString(), "OrderCancelled", shopper.User.Id, orderId: "o-1"), CloudEvents);
        await ToldAsync(shopper, "OrderCancelled");
        var told = (await shopper.NotificationsAsync()).Select(static n => n.Type).ToList();
        Assert.Equal((1, 1), (told.Count(static type => type == "OrderPaid"), told.Count(static type => type == "OrderCreated")));
    }

    private static string EventOf(string id, string type, string userId, string orderId, string? expiration = null) =>
        $$"""
        {
          "specversion": "1.0", "id": "{{id}}", "type": "{{type}}", "source": "test", "subject": "letters", "datacontenttype": "application/json",
          {{(expiration is null ? "" : $"\"expiration\": \"{expiration}\",")}}
          "data": { "orderId": "{{orderId}}", "userId": "{{userId}}", "total": 10, "currency": "USD", "items": [], "status": "paid" }
        }
        """;

    private async Task PublishAsync(string message, string contentType, string query = "")
    {
        var sidecar = (await Mesh.ListAsync()).Single(static app => app.AppId == "order").HttpPort;
        using var http = new HttpClient();
        using var content = new StringContent(message, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{sidecar}/v1.0/publish/pubsub/order-events{query}"), content);
        Assert.True(answer.StatusCode == HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<DeadLetter> LetterAsync(Shopper admin, Func<DeadLetter, bool> fits)
        => (await Eventually.SeeAsync(
            admin.DeadLettersAsync,
            letters => letters.Any(fits),
            Limit,
            letters => string.Join("; ", letters.Select(static letter => letter.ToString())))).First(fits);

    private static async Task ToldAsync(Shopper shopper, string type)
        => await Eventually.SeeAsync(
            async () => (await shopper.NotificationsAsync()).Select(static n => n.Type).ToList(),
            told => told.Contains(type),
            Limit,
            told => string.Join(", ", told));
}
