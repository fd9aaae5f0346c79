using System.Diagnostics.Metrics;

namespace Tandem.Analytics;

/// <summary>What analytics counts.</summary>
internal sealed class AnalyticsMetrics : IDisposable
{
    private readonly Meter _meter = new("Tandem.Analytics");
    private readonly Counter<long> _orders;
    private readonly Counter<double> _revenue;
    private readonly Counter<long> _late;
    private readonly Counter<long> _windows;
    private readonly Counter<long> _died;
    private readonly Counter<long> _retried;

    public AnalyticsMetrics()
    {
        _orders = _meter.CreateCounter<long>("tandem.analytics.orders", description: "Paid orders that were counted into a window, by currency.");
        _revenue = _meter.CreateCounter<double>("tandem.analytics.revenue", description: "What they brought, by currency.");
        _late = _meter.CreateCounter<long>("tandem.analytics.late_orders", description: "Orders that came after their window was closed, by currency.");
        _windows = _meter.CreateCounter<long>("tandem.analytics.windows.closed", description: "Windows that were closed, by currency.");
        _died = _meter.CreateCounter<long>("tandem.deadletters.received", description: "Events that somebody gave up, by topic.");
        _retried = _meter.CreateCounter<long>("tandem.deadletters.retried", description: "Dead letters that an admin had sent again, by topic.");
    }

    public void OrderCounted(string currency, long cents)
    {
        _orders.Add(1, Currency(currency));
        _revenue.Add(cents / 100d, Currency(currency));
    }

    public void OrderWasLate(string currency) => _late.Add(1, Currency(currency));

    public void WindowClosed(string currency) => _windows.Add(1, Currency(currency));

    public void LetterDied(string topic) => _died.Add(1, Topic(topic));

    public void LetterRetried(string topic) => _retried.Add(1, Topic(topic));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Currency(string currency) => new("currency", currency);

    private static KeyValuePair<string, object?> Topic(string topic) => new("topic", topic);
}
