using System.Diagnostics.Metrics;
using Tandem.Contracts.Events;

namespace Tandem.Basket;

/// <summary>What the shop's people want to know of baskets, counted where it is stored; the names are in docs/observability.md.</summary>
internal sealed class BasketMetrics : IHostedService
{
    private readonly Counter<long> _abandoned;
    private readonly Counter<decimal> _abandonedValue;
    private readonly Counter<long> _checkedOut;

    public BasketMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Tandem.Basket");
        _abandoned = meter.CreateCounter<long>("tandem.baskets.abandoned", "{basket}", "Baskets that nobody touched for as long as makes them abandoned.");
        _abandonedValue = meter.CreateCounter<decimal>("tandem.baskets.abandoned.value", "{currency}", "What lay in abandoned baskets, in units of the currency.");
        _checkedOut = meter.CreateCounter<long>("tandem.baskets.checked_out", "{basket}", "Baskets that became an order.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // There from the start, so that the first time is an increase and not a new series.
        _abandoned.Add(0);
        _checkedOut.Add(0);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The basket changed in this way, and that is stored.</summary>
    public void Changed(Basket before, Basket after)
    {
        if (after.Pending.Skip(before.Pending.Count).Any(static pending => pending.Type == nameof(BasketAbandoned)))
        {
            _abandoned.Add(1);
            _abandonedValue.Add(before.Total, new KeyValuePair<string, object?>("currency", before.Currency));
        }

        // Not all of what is remembered grows: the oldest is forgotten.
        if (after.CheckedOut.Count > 0 && !before.CheckedOut.Contains(after.CheckedOut[^1]))
        {
            _checkedOut.Add(1);
        }
    }
}
