using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Analytics;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Analytics;

/// <summary>What the tests of this service have in common.</summary>
internal static class AnalyticsTesting
{
    /// <summary>A full minute to count from.</summary>
    public static readonly DateTimeOffset Minute = new(2030, 1, 2, 3, 4, 0, TimeSpan.Zero);

    public static OrderPaid Paid(decimal total, string userId = "u-1", string currency = "USD") => new()
    {
        OrderId = Ids.New(),
        UserId = userId,
        Total = total,
        Currency = currency,
        Items = [],
        Status = "paid",
    };

    /// <summary>Delivers an order that was paid at this time, which its event's id says.</summary>
    public static Task PaidAtAsync(this ServiceApplication<AnalyticsService> application, DateTimeOffset at, OrderPaid e)
        => application.DeliverAsync(e, Ids.New(at));

    public static async Task<IReadOnlyList<JsonElement>> WindowsAsync(this ServiceApplication<AnalyticsService> application, string query = "")
    {
        using var admin = application.CreateAdminClient();
        var page = await admin.GetFromJsonAsync<JsonElement>(new Uri($"/analytics/windows{query}", UriKind.Relative));
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    public static async Task<JsonElement> SummaryAsync(this ServiceApplication<AnalyticsService> application)
    {
        using var admin = application.CreateAdminClient();
        return await admin.GetFromJsonAsync<JsonElement>(new Uri("/analytics/summary", UriKind.Relative));
    }

    /// <summary>Moves the clock second by second until so many windows were published.</summary>
    public static async Task AdvanceUntilClosedAsync(this ServiceApplication<AnalyticsService> application, ManualTimeProvider clock, int windows)
    {
        using var patience = new CancellationTokenSource(ServiceApplication<AnalyticsService>.Deadline);
        while (application.Sidecar.PublishedOf<WindowClosed>().Count < windows)
        {
            patience.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromSeconds(1));

            // A request lets the service get its turn between two seconds.
            await application.SummaryAsync();
        }
    }
}
