using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>All windows together, for admins.</summary>
internal static class SummaryEndpoint
{
    public static IEndpointRouteBuilder MapSummary(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/analytics/summary", Get).WithTags("Analytics").RequireAuthorization(Policies.Admin)
            .Describe("All windows together, by currency");
        return routes;
    }

    private static async Task<Ok<SummaryResponse>> Get(Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var totals = await connection.QueryAsync<Total>(new CommandDefinition(
            """
            SELECT currency, SUM(orders) AS orders, SUM(revenue_cents) AS revenue_cents,
                (SELECT COUNT(DISTINCT user_id) FROM window_users u WHERE u.currency = windows.currency) AS unique_users
            FROM windows GROUP BY currency ORDER BY currency
            """,
            cancellationToken: cancellationToken));
        var counts = await connection.QuerySingleAsync<Counts>(new CommandDefinition(
            """
            SELECT (SELECT COUNT(*) FROM windows WHERE sequence IS NULL) AS open_windows,
                (SELECT COUNT(*) FROM windows WHERE sequence IS NOT NULL) AS closed_windows,
                (SELECT COUNT(*) FROM late_orders) AS late_orders,
                (SELECT closed_until FROM progress WHERE id = 1) AS closed_until
            """,
            cancellationToken: cancellationToken));
        return TypedResults.Ok(new SummaryResponse(
            [.. totals.Select(static total => new CurrencySummary(
                total.Currency, total.Orders, total.RevenueCents / 100m, total.UniqueUsers, OrderWindow.Average(total.RevenueCents, total.Orders)))],
            counts.OpenWindows,
            counts.ClosedWindows,
            counts.LateOrders,
            counts.ClosedUntil));
    }

    internal sealed record CurrencySummary(string Currency, long Orders, decimal Revenue, long UniqueUsers, decimal AverageOrderValue);

    internal sealed record SummaryResponse(
        IReadOnlyList<CurrencySummary> Currencies, long OpenWindows, long ClosedWindows, long LateOrders, DateTimeOffset? ClosedUntil);

    private sealed class Total
    {
        public string Currency { get; init; } = "";

        public long Orders { get; init; }

        public long RevenueCents { get; init; }

        public long UniqueUsers { get; init; }
    }

    private sealed class Counts
    {
        public long OpenWindows { get; init; }

        public long ClosedWindows { get; init; }

        public long LateOrders { get; init; }

        public DateTimeOffset? ClosedUntil { get; init; }
    }
}
