using System.Net;
using Tandem.Analytics;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Analytics.AnalyticsTesting;

namespace Tandem.Services.Tests.Analytics;

[Trait("Storage", "Relational")]
public sealed class WindowTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new(Minute.AddMinutes(10));
    private readonly ServiceApplication<AnalyticsService> _application;

    public WindowTests() => _application = new ServiceApplication<AnalyticsService> { Clock = _clock };

    public Task InitializeAsync() => _application.StartAsync();

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task Orders_OfOneMinute_AreOneWindowForEachCurrency()
    {
        await _application.PaidAtAsync(Minute.AddSeconds(1), Paid(10.10m, "ann"));
        await _application.PaidAtAsync(Minute.AddSeconds(30), Paid(20.25m, "ann"));
        await _application.PaidAtAsync(Minute.AddSeconds(59), Paid(0.01m, "bob"));
        await _application.PaidAtAsync(Minute.AddSeconds(59), Paid(5m, "bob", "EUR"));

        var windows = await _application.WindowsAsync();

        Assert.Equal(2, windows.Count);
        var dollars = Assert.Single(windows, static w => w.GetProperty("currency").GetString() == "USD");
        Assert.Equal(Minute, dollars.GetProperty("start").GetDateTimeOffset());
        Assert.Equal(Minute.AddMinutes(1), dollars.GetProperty("end").GetDateTimeOffset());
        Assert.Equal(3, dollars.GetProperty("orders").GetInt32());
        Assert.Equal(30.36m, dollars.GetProperty("revenue").GetDecimal());
        Assert.Equal(2, dollars.GetProperty("uniqueUsers").GetInt32());
        Assert.Equal(10.12m, dollars.GetProperty("averageOrderValue").GetDecimal());
        Assert.False(dollars.GetProperty("closed").GetBoolean());
    }

    [Fact]
    public async Task Event_DeliveredManyTimesAtOnce_CountsOnce()
    {
        var e = Paid(10);
        var id = Ids.New(Minute);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _application.DeliverAsync(e, id)));

        Assert.Equal(1, Assert.Single(await _application.WindowsAsync()).GetProperty("orders").GetInt32());
    }

    [Fact]
    public async Task OtherOrderEvents_DoNotCount()
    {
        await _application.DeliverAsync(new OrderCreated { OrderId = Ids.New(), UserId = "u", Total = 1, Currency = "USD", Items = [], Status = "pending" });

        Assert.Empty(await _application.WindowsAsync());
    }

    [Fact]
    public async Task Window_ClosesWhenAnEventIsTenSecondsPastItsEnd_AndIsPublishedOnce()
    {
        await _application.PaidAtAsync(Minute.AddSeconds(5), Paid(10, "ann"));
        await _application.PaidAtAsync(Minute.AddSeconds(69), Paid(20, "bob"));
        Assert.All(await _application.WindowsAsync(), static w => Assert.False(w.GetProperty("closed").GetBoolean()));

        await _application.PaidAtAsync(Minute.AddSeconds(70), Paid(30, "bob"));

        var result = await _application.Sidecar.WaitForAsync<WindowClosed>();
        Assert.Equal(
            new WindowClosed { Start = Minute, End = Minute.AddMinutes(1), Orders = 1, Revenue = 10, UniqueUsers = 1, AverageOrderValue = 10, Currency = "USD" },
            result);
        var published = Assert.Single(_application.Sidecar.Published);
        Assert.Equal(Topics.AnalyticsResults, published.Topic);
        Assert.Equal("window-20300102T0304Z-USD", published.Id);
    }

    [Fact]
    public async Task Event_OutOfOrderButNotTenSecondsLate_StillCounts()
    {
        await _application.PaidAtAsync(Minute.AddSeconds(69), Paid(10));
        await _application.PaidAtAsync(Minute.AddSeconds(59), Paid(10));

        Assert.Equal(2, (await _application.WindowsAsync()).Count);
        Assert.Equal(0, (await _application.SummaryAsync()).GetProperty("lateOrders").GetInt32());
    }

    [Fact]
    public async Task Event_AfterItsWindowWasClosed_IsLateAndChangesNothing()
    {
        await _application.PaidAtAsync(Minute.AddSeconds(5), Paid(10));
        await _application.PaidAtAsync(Minute.AddSeconds(75), Paid(10));
        await _application.Sidecar.WaitForAsync<WindowClosed>();

        var late = Paid(99);
        var lateId = Ids.New(Minute.AddSeconds(50));
        await _application.DeliverAsync(late, lateId);
        await _application.DeliverAsync(late, lateId);

        var window = Assert.Single(await _application.WindowsAsync(), static w => w.GetProperty("closed").GetBoolean());
        Assert.Equal(10m, window.GetProperty("revenue").GetDecimal());
        Assert.Equal(1, (await _application.SummaryAsync()).GetProperty("lateOrders").GetInt32());
        Assert.Single(_application.Sidecar.PublishedOf<WindowClosed>());
    }

    [Fact]
    public async Task Window_WithoutFurtherEvents_IsClosedByTheClock()
    {
        await _application.PaidAtAsync(Minute.AddSeconds(5), Paid(10));
        await _application.PaidAtAsync(Minute.AddSeconds(6), Paid(10, "u-1", "EUR"));

        await _application.AdvanceUntilClosedAsync(_clock, windows: 2);

        Assert.Equal(["EUR", "USD"], _application.Sidecar.PublishedOf<WindowClosed>().Select(static w => w.Currency).Order());
        var summary = await _application.SummaryAsync();
        Assert.Equal(2, summary.GetProperty("closedWindows").GetInt32());
        Assert.Equal(0, summary.GetProperty("openWindows").GetInt32());
        Assert.Equal(10m, summary.GetProperty("currencies")[0].GetProperty("revenue").GetDecimal());
    }

    [Fact]
    public async Task Event_FromAClockThatIsAhead_ClosesNobodyElsesWindow()
    {
        await _application.PaidAtAsync(_clock.GetUtcNow(), Paid(10));
        await _application.PaidAtAsync(_clock.GetUtcNow().AddHours(1), Paid(10));
        await _application.PaidAtAsync(_clock.GetUtcNow(), Paid(10));

        Assert.Equal(0, (await _application.SummaryAsync()).GetProperty("lateOrders").GetInt32());
        Assert.Equal([1, 2], (await _application.WindowsAsync()).Select(static w => w.GetProperty("orders").GetInt32()).Order());
    }

    [Fact]
    public async Task Windows_AreListedBetweenTwoTimes()
    {
        await _application.PaidAtAsync(Minute, Paid(10));
        await _application.PaidAtAsync(Minute.AddMinutes(1), Paid(10));
        await _application.PaidAtAsync(Minute.AddMinutes(2), Paid(10));

        var found = await _application.WindowsAsync("?from=2030-01-02T03:05:00Z&to=2030-01-02T03:06:00Z");

        Assert.Equal(Minute.AddMinutes(1), Assert.Single(found).GetProperty("start").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2030-01-02", "to")]
    [InlineData("from=2030-01-02T03:04:05", "from")]
    [InlineData("from=2030-13-02T03:04:05Z", "from")]
    [InlineData("from=2030-01-02T03:05:00Z&to=2030-01-02T03:05:00Z", "to")]
    [InlineData("page=0", "page")]
    public async Task Windows_OfARangeThatIsNone_AreRefusedAndTheFieldIsNamed(string query, string field)
    {
        using var admin = _application.CreateAdminClient();

        var problem = await admin.GetAsync($"/analytics/windows?{query}", HttpStatusCode.BadRequest);

        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("from=2030-01-02T04:05:00%2B01:00&to=2030-01-02T04:06:00%2B01:00")]
    [InlineData("from=2030-01-02T04:05:00+01:00&to=2030-01-02T03:05:59.999Z")]
    public async Task Windows_OfARangeInAnotherZone_AreThoseOfTheMoment(string query)
    {
        await _application.PaidAtAsync(Minute, Paid(10));
        await _application.PaidAtAsync(Minute.AddMinutes(1), Paid(10));

        Assert.Equal(Minute.AddMinutes(1), Assert.Single(await _application.WindowsAsync($"?{query}")).GetProperty("start").GetDateTimeOffset());
    }

    [Fact]
    public async Task BeforeTheFirstOrder_EverythingIsEmpty()
    {
        using var admin = _application.CreateAdminClient();

        var page = await admin.GetAsync("/analytics/windows", HttpStatusCode.OK);
        var summary = await _application.SummaryAsync();

        Assert.Equal((0, 0), (page.GetProperty("items").GetArrayLength(), page.Number("total")));
        Assert.Equal((0, 0, 0, 0), (summary.GetProperty("currencies").GetArrayLength(), summary.Number("openWindows"), summary.Number("closedWindows"), summary.Number("lateOrders")));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, summary.GetProperty("closedUntil").ValueKind);
    }

    [Fact]
    public async Task Metrics_CountOrdersLatenessAndWindows()
    {
        await _application.PaidAtAsync(Minute.AddSeconds(5), Paid(10, "ann", "SEK"));
        await _application.PaidAtAsync(Minute.AddSeconds(75), Paid(2.5m, "ann", "SEK"));
        await _application.PaidAtAsync(Minute.AddSeconds(50), Paid(1, "ann", "SEK"));
        using var client = _application.CreateAnonymousClient();

        var metrics = await client.GetStringAsync(Http.At("/metrics"));

        Assert.Contains("tandem_analytics_orders_total{currency=\"SEK\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("tandem_analytics_revenue_total{currency=\"SEK\"} 12.5\n", metrics, StringComparison.Ordinal);
        Assert.Contains("tandem_analytics_late_orders_total{currency=\"SEK\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("tandem_analytics_windows_closed_total{currency=\"SEK\"} 1\n", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/analytics/windows")]
    [InlineData("/analytics/summary")]
    [InlineData("/analytics/stream")]
    public async Task Everything_IsForAdminsOnly(string path)
    {
        using var nobody = _application.CreateAnonymousClient();
        using var customer = _application.CreateClient(Ids.New());

        using var first = await nobody.GetAsync(new Uri(path, UriKind.Relative));
        using var second = await customer.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, first.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
    }

    [Fact]
    public async Task Stream_BringsWindowsAsTheyClose()
    {
        using var patience = new CancellationTokenSource(ServiceApplication<AnalyticsService>.Deadline);
        using var admin = _application.CreateAdminClient();
        using var response = await admin.GetAsync(new Uri("/analytics/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, patience.Token);
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        await using var events = System.Net.ServerSentEvents.SseParser.Create(body).EnumerateAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("heartbeat", events.Current.EventType);

        await _application.PaidAtAsync(Minute.AddSeconds(5), Paid(10));
        await _application.PaidAtAsync(Minute.AddSeconds(75), Paid(10));

        Assert.True(await events.MoveNextAsync());
        Assert.Equal("window", events.Current.EventType);
        Assert.Contains("\"revenue\":10", events.Current.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_OfAClientThatComesBack_MissesNoWindow()
    {
        await _application.PaidAtAsync(Minute.AddSeconds(5), Paid(10));
        await _application.PaidAtAsync(Minute.AddSeconds(75), Paid(20));
        await _application.PaidAtAsync(Minute.AddSeconds(135), Paid(30));
        await _application.Sidecar.WaitUntilAsync(() => _application.Sidecar.PublishedOf<WindowClosed>().Count == 2, "two windows");
        using var patience = new CancellationTokenSource(ServiceApplication<AnalyticsService>.Deadline);
        using var admin = _application.CreateAdminClient();
        admin.DefaultRequestHeaders.Add("Last-Event-ID", "1");

        using var response = await admin.GetAsync(Http.At("/analytics/stream"), HttpCompletionOption.ResponseHeadersRead, patience.Token);
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        await using var events = System.Net.ServerSentEvents.SseParser.Create(body).EnumerateAsync(patience.Token).GetAsyncEnumerator(patience.Token);

        Assert.True(await events.MoveNextAsync());
        Assert.Equal("heartbeat", events.Current.EventType);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("2", events.Current.EventId);
        Assert.Contains("\"revenue\":20", events.Current.Data, StringComparison.Ordinal);
    }
}
