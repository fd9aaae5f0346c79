using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Analytics;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Analytics.DeadLetterTesting;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Analytics;

public sealed class DeadLetterTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly ServiceApplication<AnalyticsService> _application;
    private HttpClient _admin = null!;

    public DeadLetterTests() => _application = new ServiceApplication<AnalyticsService> { Clock = _clock };

    public async Task InitializeAsync()
    {
        await _application.StartAsync();
        _admin = _application.CreateAdminClient();
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _application.DisposeAsync();
    }

    [Fact]
    public async Task Letters_WhenThereAreNone_AreAnEmptyPage()
    {
        var page = await _admin.GetAsync("/admin/deadletters", HttpStatusCode.OK);

        Assert.Equal((0, 1, 20, 0), (page.GetProperty("items").GetArrayLength(), page.Number("page"), page.Number("pageSize"), page.Number("total")));
    }

    [Fact]
    public async Task Letter_ShowsWhatItIsAndWhereItCameFrom()
    {
        var id = Ids.New();
        await _application.DieAsync(Topics.Orders, Envelope(id, "OrderPaid", """{"orderId":"o-1","total":"not a number"}"""));

        var letter = Assert.Single(await _admin.LettersAsync());

        Assert.Equal(
            (id, "OrderPaid", "o-1", "order", Topics.Orders, "dead"),
            (letter.Text("eventId"), letter.Text("type"), letter.Text("subject"), letter.Text("source"), letter.Text("topic"), letter.Text("status")));
        Assert.Equal((1, 0), (letter.Number("deaths"), letter.Number("retries")));
        Assert.Equal(_clock.GetUtcNow(), letter.GetProperty("diedAt").GetDateTimeOffset());
        Assert.Equal("not a number", letter.GetProperty("data").Text("total"));
        Assert.True(Ids.IsValid(letter.Text("id")));
        Assert.Equal(id, (await _admin.GetAsync($"/admin/deadletters/{letter.Text("id")}", HttpStatusCode.OK)).Text("eventId"));
    }

    [Fact]
    public async Task Letter_DeliveredManyTimesAtOnce_IsOne()
    {
        var envelope = Envelope(Ids.New(), "OrderPaid", "{}");

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _application.DieAsync(Topics.Orders, envelope)));

        Assert.Equal(1, Assert.Single(await _admin.LettersAsync()).Number("deaths"));
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("""{"no":"envelope"}""")]
    [InlineData("""[1,2]""")]
    public async Task Message_ThatIsNoEvent_IsKeptAndSentAgainByteForByte(string message)
    {
        await _application.DieAsync(Topics.Stock, Encoding.UTF8.GetBytes(message));
        var letter = Assert.Single(await _admin.LettersAsync());
        Assert.Equal(JsonValueKind.Null, letter.GetProperty("eventId").ValueKind);

        await _admin.PostAsync($"/admin/deadletters/{letter.Text("id")}/retry", null, HttpStatusCode.Accepted);

        await _application.Sidecar.WaitUntilAsync(() => _application.Sidecar.Published.Count == 1, "the message");
        var sent = _application.Sidecar.Published[0];
        Assert.Equal((Topics.Stock, message), (sent.Topic, Encoding.UTF8.GetString(sent.Payload)));
        Assert.Equal("true", sent.Metadata["rawPayload"]);
    }

    [Fact]
    public async Task Message_OfBytesAndOfDeepNesting_CanBeListed()
    {
        await _application.DieAsync(Topics.Stock, [0xff, 0xfe, 0x00]);
        var deep = new string('[', 200) + new string(']', 200);
        await _application.DieAsync(Topics.Stock, Envelope(Ids.New(), "StockUpdated", deep));

        var letters = await _admin.LettersAsync();

        Assert.Contains(letters, static letter => letter.GetProperty("data").ValueKind == JsonValueKind.String && letter.Text("data") == "//4A");
        Assert.Equal(2, letters.Count);
    }

    [Fact]
    public async Task Message_ThatIsLarge_IsNotInTheListButInTheLetter()
    {
        var text = new string('x', 20_000);
        await _application.DieAsync(Topics.Orders, Envelope(Ids.New(), "OrderPaid", JsonSerializer.Serialize(new { text })));

        var listed = Assert.Single(await _admin.LettersAsync());
        var whole = await _admin.GetAsync($"/admin/deadletters/{listed.Text("id")}", HttpStatusCode.OK);

        Assert.Equal(JsonValueKind.Null, listed.GetProperty("data").ValueKind);
        Assert.True(listed.Number("size") > 20_000);
        Assert.Equal(text, whole.GetProperty("data").Text("text"));
    }

    [Fact]
    public async Task Letters_AreFilteredAndPaged()
    {
        for (var i = 0; i < 3; i++)
        {
            await _application.DieAsync(Topics.Orders, Envelope(Ids.New(), "OrderPaid", "{}"));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await _application.DieAsync(Topics.Users, Envelope(Ids.New(), "UserRegistered", "{}"));

        var page = await _admin.GetAsync("/admin/deadletters?topic=order-events&page=2&pageSize=2", HttpStatusCode.OK);
        var users = await _admin.LettersAsync("?topic=user-events&status=dead");
        var retried = await _admin.LettersAsync("?status=retried");

        Assert.Equal((1, 3), (page.GetProperty("items").GetArrayLength(), page.Number("total")));
        Assert.Equal("UserRegistered", Assert.Single(users).Text("type"));
        Assert.Empty(retried);
        Assert.Equal("UserRegistered", (await _admin.LettersAsync())[0].Text("type"));
    }

    [Theory]
    [InlineData("topic=nothing", "topic")]
    [InlineData("status=gone", "status")]
    [InlineData("pageSize=101", "pageSize")]
    public async Task Filter_ThatMeansNothing_IsRefusedAndNamed(string query, string field)
    {
        var problem = await _admin.GetAsync($"/admin/deadletters?{query}", HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Retry_SendsTheSameEventToItsTopicOnce()
    {
        var id = Ids.New();
        await _application.DieAsync(Topics.Orders, Envelope(id, "OrderPaid", """{"orderId":"o-1","total":"not a number"}"""));
        var letter = Assert.Single(await _admin.LettersAsync());

        var accepted = await _admin.PostAsync($"/admin/deadletters/{letter.Text("id")}/retry", null, HttpStatusCode.Accepted);

        Assert.Equal("retrying", accepted.Text("status"));
        var retried = await _admin.WaitForStatusAsync(letter.Text("id"), "retried");
        Assert.Equal(1, retried.Number("retries"));
        var sent = Assert.Single(_application.Sidecar.Published);
        Assert.Equal((Topics.Orders, id, "OrderPaid", "o-1"), (sent.Topic, sent.Id, sent.Type, sent.Subject));
        Assert.Equal("not a number", sent.Data.Text("total"));
        Assert.Equal("o-1", sent.Metadata["partitionKey"]);
        using var envelope = JsonDocument.Parse(sent.Payload);
        Assert.Equal(("order", "kept"), (envelope.RootElement.Text("source"), envelope.RootElement.Text("extra")));
        Assert.False(envelope.RootElement.TryGetProperty("expiration", out _));
        using var again = await _admin.PostAsync($"/admin/deadletters/{letter.Text("id")}/retry");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Single(_application.Sidecar.Published);
    }

    [Fact]
    public async Task Retry_WhileTheBrokerIsDown_IsPendingAndAskingAgainChangesNothing()
    {
        _application.Sidecar.IsPublishingDown = true;
        await _application.DieAsync(Topics.Orders, Envelope(Ids.New(), "OrderPaid", "{}"));
        var letter = Assert.Single(await _admin.LettersAsync());
        var path = $"/admin/deadletters/{letter.Text("id")}/retry";

        var first = await _admin.PostAsync(path, null, HttpStatusCode.Accepted);
        var second = await _admin.PostAsync(path, null, HttpStatusCode.Accepted);
        _application.Sidecar.IsPublishingDown = false;
        await _admin.WaitForStatusAsync(letter.Text("id"), "retried", _clock);

        Assert.Equal(("retrying", 1), (first.Text("status"), first.Number("retries")));
        Assert.Equal(("retrying", 1), (second.Text("status"), second.Number("retries")));
        Assert.Single(_application.Sidecar.Published);
    }

    [Fact]
    public async Task Letter_ThatFailsAgainAfterItsRetry_IsDeadAgain()
    {
        await _application.DieAsync(Topics.Orders, Envelope(Ids.New(), "OrderPaid", "{}"));
        var id = Assert.Single(await _admin.LettersAsync()).Text("id");
        await _admin.PostAsync($"/admin/deadletters/{id}/retry", null, HttpStatusCode.Accepted);
        await _admin.WaitForStatusAsync(id, "retried");

        await _application.DieAsync(Topics.Orders, _application.Sidecar.Published[0].Payload);

        var letter = Assert.Single(await _admin.LettersAsync());
        Assert.Equal((id, "dead", 2, 1), (letter.Text("id"), letter.Text("status"), letter.Number("deaths"), letter.Number("retries")));
        var accepted = await _admin.PostAsync($"/admin/deadletters/{id}/retry", null, HttpStatusCode.Accepted);
        Assert.Equal(2, accepted.Number("retries"));
    }

    [Fact]
    public async Task Letter_DeliveredLateFromBeforeItsRetry_StaysRetried()
    {
        var envelope = Envelope(Ids.New(), "OrderPaid", "{}");
        await _application.DieAsync(Topics.Orders, envelope);
        var id = Assert.Single(await _admin.LettersAsync()).Text("id");
        await _admin.PostAsync($"/admin/deadletters/{id}/retry", null, HttpStatusCode.Accepted);
        await _admin.WaitForStatusAsync(id, "retried");

        await _application.DieAsync(Topics.Orders, envelope);

        Assert.Equal("retried", Assert.Single(await _admin.LettersAsync()).Text("status"));
    }

    [Theory]
    [InlineData("01900000-0000-7000-8000-000000000000")]
    [InlineData("not-an-id")]
    public async Task UnknownLetter_IsNotFound(string id)
    {
        using var letter = await _admin.GetAsync(Http.At($"/admin/deadletters/{id}"));
        using var retry = await _admin.PostAsync($"/admin/deadletters/{id}/retry");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (letter.StatusCode, retry.StatusCode));
    }

    [Fact]
    public async Task Letters_AreForAdminsOnlyAndComeFromTheSidecarOnly()
    {
        using var nobody = _application.CreateAnonymousClient();
        using var customer = _application.CreateClient(Ids.New());
        using var other = _application.CreateServiceClient("order");

        using var unknown = await nobody.GetAsync(Http.At("/admin/deadletters"));
        using var unknownToo = await nobody.PostAsync("/admin/deadletters/x/retry");
        using var forbidden = await customer.PostAsync("/admin/deadletters/x/retry");
        await customer.GetAsync("/admin/deadletters", HttpStatusCode.Forbidden);
        await customer.GetAsync("/admin/deadletters/x", HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.Unauthorized, unknownToo.StatusCode);
        using var invented = await other.PostAsync($"/events/{Topics.Orders}-dead", new { data_base64 = "e30=" });

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), (unknown.StatusCode, forbidden.StatusCode, invented.StatusCode));
        Assert.Empty(await _admin.LettersAsync());
    }

    [Fact]
    public async Task EveryTopic_HasItsDeadLettersTakenInAsPayloads()
    {
        using var client = _application.CreateAnonymousClient();
        var subscriptions = await client.GetAsync("/dapr/subscribe", HttpStatusCode.OK);

        var dead = subscriptions.EnumerateArray().Where(static one => one.Text("topic").EndsWith("-dead", StringComparison.Ordinal)).ToList();
        var topics = typeof(Topics).GetFields().Select(static field => (string)field.GetValue(null)!).Where(static topic => topic.EndsWith("-dead", StringComparison.Ordinal));

        Assert.Equal(topics.Order(), dead.Select(static one => one.Text("topic")).Order());
        Assert.All(dead, static one => Assert.Equal("true", one.GetProperty("metadata").Text("rawPayload")));
    }

    [Fact]
    public async Task Retried_AfterAMonth_IsForgottenAndTheDeadAreNot()
    {
        var database = _application.Services.GetRequiredService<Database>();
        await _application.DieAsync(Topics.Orders, Envelope(Ids.New(), "OrderPaid", "{}"));
        await _application.DieAsync(Topics.Users, Envelope(Ids.New(), "UserRegistered", "{}"));
        var id = Assert.Single(await _admin.LettersAsync("?topic=order-events")).Text("id");
        await _admin.PostAsync($"/admin/deadletters/{id}/retry", null, HttpStatusCode.Accepted);
        await _admin.WaitForStatusAsync(id, "retried");

        var early = await database.WriteAsync(tx => DeadLetterStore.RemoveRetriedAsync(tx, _clock.GetUtcNow(), CancellationToken.None), CancellationToken.None);
        var late = await database.WriteAsync(tx => DeadLetterStore.RemoveRetriedAsync(tx, _clock.GetUtcNow().AddSeconds(1), CancellationToken.None), CancellationToken.None);

        Assert.Equal((0, 1), (early, late));
        Assert.Equal("UserRegistered", Assert.Single(await _admin.LettersAsync()).Text("type"));
    }
}
