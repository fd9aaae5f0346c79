using Tandem.Analytics;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Testing;
using static Tandem.Services.Tests.Analytics.AnalyticsTesting;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Analytics;

[Trait("Storage", "Relational")]
public sealed class RestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenWindow_AfterARestart_IsKeptAndPublishedOnce()
    {
        var e = Paid(10, "ann");
        var eventId = Ids.New(Minute.AddSeconds(5));
        await using (var first = await StartAsync(new ManualTimeProvider(Minute.AddSeconds(6))))
        {
            await first.DeliverAsync(e, eventId);
        }

        // An hour later; what waited meanwhile comes again or for the first time, and is not late.
        var clock = new ManualTimeProvider(Minute.AddHours(1));
        await using (var second = await StartAsync(clock))
        {
            await second.DeliverAsync(e, eventId);
            await second.PaidAtAsync(Minute.AddSeconds(20), Paid(30, "bob"));
            await second.AdvanceUntilClosedAsync(clock, windows: 1);

            var closed = Assert.Single(second.Sidecar.PublishedOf<WindowClosed>());
            Assert.Equal((2, 40m, 2), (closed.Orders, closed.Revenue, closed.UniqueUsers));
        }

        var later = new ManualTimeProvider(Minute.AddHours(2));
        await using var third = await StartAsync(later);
        await third.PaidAtAsync(Minute.AddHours(2), Paid(1));
        await third.AdvanceUntilClosedAsync(later, windows: 1);
        Assert.Equal(Minute.AddHours(2), Assert.Single(third.Sidecar.PublishedOf<WindowClosed>()).Start);
    }

    [Fact]
    public async Task Instance_ThatGetsNoEvents_ClosesNoWindowOfTheOneThatDoes()
    {
        var clock = new ManualTimeProvider(Minute);
        await using var busy = await StartAsync(clock);
        await using var idle = await StartAsync(clock);

        // For five minutes one order a second comes, always to the same instance.
        for (var second = 0; second < 300; second++)
        {
            await busy.PaidAtAsync(clock.GetUtcNow(), Paid(1));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var summary = await idle.SummaryAsync();
        Assert.Equal(0, summary.Number("lateOrders"));
        Assert.Equal(300, summary.GetProperty("currencies")[0].Number("orders"));
        var published = busy.Sidecar.PublishedOf<WindowClosed>().Concat(idle.Sidecar.PublishedOf<WindowClosed>()).ToList();
        Assert.Equal(published.Count, published.DistinctBy(static window => window.Start).Count());
        Assert.All(published, static window => Assert.Equal(60, window.Orders));
    }

    private async Task<ServiceApplication<AnalyticsService>> StartAsync(ManualTimeProvider clock)
    {
        var application = new ServiceApplication<AnalyticsService> { Clock = clock }.With("TANDEM_DATA_DIR", _folder.Path);
        await application.StartAsync();
        return application;
    }
}
