using System.Diagnostics.Metrics;
using Tandem.Contracts.Events;

namespace Tandem.Product.Stock;

/// <summary>What the shop's people want to know of stock; the names are in docs/observability.md.</summary>
internal sealed class StockMetrics : IHostedService
{
    private readonly Counter<long> _out;
    private readonly Counter<long> _low;

    public StockMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Tandem.Product");
        _out = meter.CreateCounter<long>("tandem.stock.outs", "{product}", "How often a product ran out.");
        _low = meter.CreateCounter<long>("tandem.stock.lows", "{product}", "How often the stock of a product became low.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // There from the start, so that the first time is an increase and not a new series.
        _out.Add(0);
        _low.Add(0);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The stock changed in this way, and that is committed.</summary>
    public void Happened(StockEvent happened)
    {
        switch (happened)
        {
            case StockOut:
                _out.Add(1);
                break;
            case StockLow:
                _low.Add(1);
                break;
            default:
                break;
        }
    }
}
