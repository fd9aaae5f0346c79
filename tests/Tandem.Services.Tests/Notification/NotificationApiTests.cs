using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Notification;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Notification;

public sealed class NotificationApiTests(ServiceApplication<NotificationService> application) : IClassFixture<ServiceApplication<NotificationService>>
{
    [Fact]
    public async Task AnotherUsersNotifications_AreForbidden()
    {
        var owner = Ids.New();
        await application.DeliverAsync(NotificationEvents.OrderPaid(owner));
        var id = (await application.ListAsync(owner)).Single().Text("id");
        using var stranger = application.CreateClient(Ids.New());

        Assert.Equal(HttpStatusCode.Forbidden, await GetStatusAsync(stranger, $"/notifications?userId={owner}"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetStatusAsync(stranger, $"/notifications/unread?userId={owner}"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetStatusAsync(stranger, $"/notifications/stats?userId={owner}"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetStatusAsync(stranger, $"/notifications/stream?userId={owner}"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetStatusAsync(stranger, $"/notifications/{id}"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostStatusAsync(stranger, $"/notifications/{id}/read"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostStatusAsync(stranger, "/notifications/read-all", new { userId = owner }));
        using var deleted = await stranger.DeleteAsync(new Uri($"/notifications/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, deleted.StatusCode);
    }

    [Fact]
    public async Task WithoutAUser_EverythingIsUnauthorized()
    {
        using var client = application.CreateAnonymousClient();

        Assert.Equal(HttpStatusCode.Unauthorized, await GetStatusAsync(client, "/notifications"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostStatusAsync(client, "/notifications", new { }));
    }

    [Fact]
    public async Task List_WithoutAUserId_IsTheOwnNotifications()
    {
        var userId = Ids.New();
        await application.DeliverAsync(NotificationEvents.OrderPaid(userId));
        await application.DeliverAsync(NotificationEvents.OrderPaid(Ids.New()));
        using var client = application.CreateClient(userId);

        var page = await client.GetFromJsonAsync<JsonElement>(new Uri("/notifications", UriKind.Relative));

        Assert.Equal(1, page.GetProperty("total").GetInt32());
        Assert.Equal(userId, page.GetProperty("items")[0].Text("userId"));
    }

    [Fact]
    public async Task Read_TakesItFromTheUnread()
    {
        var userId = Ids.New();
        await application.DeliverAsync(NotificationEvents.OrderPaid(userId));
        await application.DeliverAsync(NotificationEvents.OrderPaid(userId));
        await application.DeliverAsync(NotificationEvents.OrderPaid(userId));
        using var client = application.CreateClient(userId);
        var id = (await application.ListAsync(userId))[0].Text("id");

        Assert.Equal(HttpStatusCode.OK, await PostStatusAsync(client, $"/notifications/{id}/read"));
        Assert.Equal(HttpStatusCode.OK, await PostStatusAsync(client, $"/notifications/{id}/read"));
        Assert.Equal(2, await UnreadAsync(client));
        Assert.Single(await application.ListAsync(userId, "&status=read"));

        using var all = await client.PostAsJsonAsync(new Uri("/notifications/read-all", UriKind.Relative), new { userId });
        Assert.Equal(2, (await all.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("updated").GetInt32());
        Assert.Equal(0, await UnreadAsync(client));
        var stats = await client.GetFromJsonAsync<JsonElement>(new Uri("/notifications/stats", UriKind.Relative));
        Assert.Equal(3, stats.GetProperty("byStatus").GetProperty("read").GetInt32());
    }

    [Fact]
    public async Task Create_ByACustomer_IsForbiddenAndByAnAdminCreated()
    {
        var userId = Ids.New();
        var request = new { userId, type = "Greeting", channel = "in_app", title = "Hello", message = "There", data = new { a = 1 } };
        using var customer = application.CreateClient(userId);
        using var admin = application.CreateAdminClient();
        admin.DefaultRequestHeaders.Add("Idempotency-Key", Ids.New());

        Assert.Equal(HttpStatusCode.Forbidden, await PostStatusAsync(customer, "/notifications", request));
        using var created = await admin.PostAsJsonAsync(new Uri("/notifications", UriKind.Relative), request);
        using var replayed = await admin.PostAsJsonAsync(new Uri("/notifications", UriKind.Relative), request);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var notification = await created.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"/notifications/{notification.Text("id")}", created.Headers.Location?.OriginalString);
        Assert.Equal("true", replayed.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal("delivered", Assert.Single(await application.ListAsync(userId)).Text("status"));
    }

    [Theory]
    [InlineData("""{"type":"A","channel":"in_app","title":"a","message":"b"}""", "userId")]
    [InlineData("""{"userId":"u","type":"a b","channel":"in_app","title":"a","message":"b"}""", "type")]
    [InlineData("""{"userId":"u","type":"A","title":"a","message":"b"}""", "channel")]
    [InlineData("""{"userId":"u","type":"A","channel":"in_app","title":"a\r\nBcc: x","message":"b"}""", "title")]
    [InlineData("""{"userId":"u","type":"A","channel":"in_app","title":"a","message":"b","data":[1]}""", "data")]
    [InlineData("""{"userId":"u","type":"A","channel":"pigeon","title":"a","message":"b"}""", "channel")]
    public async Task Create_WithAWrongField_NamesIt(string body, string field)
    {
        using var admin = application.CreateAdminClient();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await admin.PostAsync(new Uri("/notifications", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Fact]
    public async Task Bulk_CreatesAllOrNothing()
    {
        var userId = Ids.New();
        using var admin = application.CreateAdminClient();
        object Good(string title) => new { userId, type = "A", channel = "in_app", title, message = "b" };

        Assert.Equal(HttpStatusCode.BadRequest, await PostStatusAsync(admin, "/notifications/bulk", new[] { Good("one"), Good("") }));
        Assert.Empty(await application.ListAsync(userId));
        Assert.Equal(HttpStatusCode.Created, await PostStatusAsync(admin, "/notifications/bulk", new[] { Good("one"), Good("two") }));
        Assert.Equal(2, (await application.ListAsync(userId)).Count);
    }

    [Fact]
    public async Task Unknown_IsNotFound()
    {
        using var admin = application.CreateAdminClient();

        Assert.Equal(HttpStatusCode.NotFound, await GetStatusAsync(admin, $"/notifications/{Ids.New()}"));
        Assert.Equal(HttpStatusCode.NotFound, await GetStatusAsync(admin, "/notifications/no-id"));
        Assert.Equal(HttpStatusCode.NotFound, await PostStatusAsync(admin, $"/notifications/{Ids.New()}/read"));
    }

    [Fact]
    public async Task Stream_BringsWhatIsNewAsItComes()
    {
        var userId = Ids.New();
        using var patience = new CancellationTokenSource(ServiceApplication<NotificationService>.Deadline);
        using var client = application.CreateClient(userId);
        using var response = await client.GetAsync(new Uri("/notifications/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        await using var events = System.Net.ServerSentEvents.SseParser.Create(body).EnumerateAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("heartbeat", events.Current.EventType);

        await application.DeliverAsync(NotificationEvents.OrderPaid(userId));

        Assert.True(await events.MoveNextAsync());
        Assert.Equal("notification", events.Current.EventType);
        Assert.Equal("OrderPaid", JsonDocument.Parse(events.Current.Data).RootElement.Text("type"));
    }

    [Fact]
    public async Task Stream_OfOneWhoComesBack_BringsWhatCameInBetweenAndNothingTwice()
    {
        var userId = Ids.New();
        string seen;
        await using (var first = await OpenAsync(userId))
        {
            Assert.Equal("heartbeat", (await first.NextAsync()).EventType);
            await application.DeliverAsync(NotificationEvents.OrderPaid(userId));
            seen = (await first.NextAsync()).EventId!;
        }

        await application.DeliverAsync(NotificationEvents.UserRegistered(userId));
        await using var second = await OpenAsync(userId, seen);

        Assert.Equal("heartbeat", (await second.NextAsync()).EventType);
        Assert.Equal("UserRegistered", JsonDocument.Parse((await second.NextAsync()).Data).RootElement.Text("type"));
    }

    [Fact]
    public async Task Stream_OfSomethingScheduled_BringsItWhenItGoesOut()
    {
        var userId = Ids.New();
        using var admin = application.CreateAdminClient();
        await using var stream = await OpenAsync(userId);
        Assert.Equal("heartbeat", (await stream.NextAsync()).EventType);

        using var scheduled = await admin.PostAsJsonAsync(
            new Uri("/notifications/schedule", UriKind.Relative),
            new { userId, type = "Later", channel = "in_app", title = "t", message = "m", scheduledAt = DateTimeOffset.UtcNow.AddHours(1) });
        var id = (await scheduled.Content.ReadFromJsonAsync<JsonElement>()).Text("id");
        await application.DeliverAsync(NotificationEvents.OrderPaid(userId));
        var first = await stream.NextAsync();
        Assert.Equal(HttpStatusCode.OK, await PostStatusAsync(admin, $"/notifications/{id}/send"));
        var second = await stream.NextAsync();

        Assert.Equal("OrderPaid", JsonDocument.Parse(first.Data).RootElement.Text("type"));
        Assert.Equal((id, "delivered"), (JsonDocument.Parse(second.Data).RootElement.Text("id"), JsonDocument.Parse(second.Data).RootElement.Text("status")));
    }

    [Theory]
    [InlineData("status=lost")]
    [InlineData("page=0")]
    [InlineData("pageSize=1000")]
    public async Task List_WithAParameterThatIsNone_Is400(string query)
    {
        using var client = application.CreateClient(Ids.New());

        Assert.Equal(HttpStatusCode.BadRequest, await GetStatusAsync(client, $"/notifications?{query}"));
    }

    [Fact]
    public async Task List_ByTypeStatusAndPage_IsTheNewestFirst()
    {
        var userId = Ids.New();
        for (var i = 0; i < 5; i++)
        {
            await application.DeliverAsync(NotificationEvents.OrderPaid(userId));
        }

        await application.DeliverAsync(NotificationEvents.UserRegistered(userId));
        using var client = application.CreateClient(userId);

        var page = await client.GetFromJsonAsync<JsonElement>(new Uri("/notifications?type=OrderPaid&status=delivered&page=2&pageSize=2", UriKind.Relative));

        Assert.Equal((5, 2, 2, 2), (page.GetProperty("total").GetInt32(), page.GetProperty("page").GetInt32(), page.GetProperty("pageSize").GetInt32(), page.GetProperty("items").GetArrayLength()));
        var all = await application.ListAsync(userId);
        Assert.Equal(all.Select(static n => n.GetProperty("createdAt").GetDateTimeOffset()).OrderDescending(), all.Select(static n => n.GetProperty("createdAt").GetDateTimeOffset()));
    }

    [Fact]
    public async Task Bulk_TakesAThousandAndNoMore()
    {
        var userId = Ids.New();
        using var admin = application.CreateAdminClient();
        var thousand = Enumerable.Range(0, 1000).Select(i => new { userId, type = "A", channel = "in_app", title = $"t{i}", message = "m" }).ToList();

        Assert.Equal(HttpStatusCode.BadRequest, await PostStatusAsync(admin, "/notifications/bulk", Array.Empty<object>()));
        Assert.Equal(HttpStatusCode.BadRequest, await PostStatusAsync(admin, "/notifications/bulk", thousand.Append(thousand[0])));
        Assert.Empty(await application.ListAsync(userId));
        Assert.Equal(HttpStatusCode.Created, await PostStatusAsync(admin, "/notifications/bulk", thousand));

        using var client = application.CreateClient(userId);
        var stats = await client.GetFromJsonAsync<JsonElement>(new Uri("/notifications/stats", UriKind.Relative));
        Assert.Equal((1000, 1000), (stats.GetProperty("total").GetInt32(), stats.GetProperty("unread").GetInt32()));
        Assert.Equal(1000, stats.GetProperty("byType").GetProperty("A").GetInt32());
    }

    private async Task<EventStream> OpenAsync(string userId, string? lastEventId = null)
    {
        var client = application.CreateClient(userId);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/notifications/stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new EventStream(client, response, await response.Content.ReadAsStreamAsync());
    }

    private static async Task<long> UnreadAsync(HttpClient client)
        => (await client.GetFromJsonAsync<JsonElement>(new Uri("/notifications/unread", UriKind.Relative))).GetProperty("total").GetInt64();

    private static async Task<HttpStatusCode> GetStatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> PostStatusAsync(HttpClient client, string path, object? body = null)
    {
        using var response = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body ?? new { });
        return response.StatusCode;
    }
}

/// <summary>A stream of server-sent events, one after another.</summary>
internal sealed class EventStream(HttpClient client, HttpResponseMessage response, Stream body) : IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(ServiceApplication<NotificationService>.Deadline);
    private IAsyncEnumerator<System.Net.ServerSentEvents.SseItem<string>>? _events;

    public async Task<System.Net.ServerSentEvents.SseItem<string>> NextAsync()
    {
        _events ??= System.Net.ServerSentEvents.SseParser.Create(body).EnumerateAsync(_patience.Token).GetAsyncEnumerator(_patience.Token);
        Assert.True(await _events.MoveNextAsync());
        return _events.Current;
    }

    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        response.Dispose();
        client.Dispose();
        _patience.Dispose();
    }
}
