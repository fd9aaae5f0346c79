using System.Diagnostics.Metrics;

namespace Tandem.Order;

/// <summary>
/// What the shop's people want to know of orders, counted where it is committed: a change that is rolled back or tried again counts once or not
/// at all. The names and labels are in docs/observability.md.
/// </summary>
internal sealed class OrderMetrics : IHostedService
{
    private static readonly OrderStatus[] SagaEnds = [OrderStatus.Paid, OrderStatus.Rejected, OrderStatus.Cancelled, OrderStatus.Refunded];
    private static readonly double[] SagaSeconds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

    private readonly Counter<long> _orders;
    private readonly Counter<decimal> _revenue;
    private readonly Counter<decimal> _refunds;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _saga;
    private IReadOnlyDictionary<SagaProgress, long> _unfinished = new Dictionary<SagaProgress, long>();

    public OrderMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Tandem.Order");
        _orders = meter.CreateCounter<long>("tandem.orders", "{order}", "Orders that reached a status.");
        _revenue = meter.CreateCounter<decimal>("tandem.revenue", "{currency}", "What paid orders cost, in units of the currency.");
        _refunds = meter.CreateCounter<decimal>("tandem.revenue.refunded", "{currency}", "What refunded orders cost, in units of the currency.");
        _failures = meter.CreateCounter<long>("tandem.order.saga.step.failures", "{attempt}", "Attempts at a saga's step that failed and are made again.");
        _saga = meter.CreateHistogram(
            "tandem.order.saga.duration",
            "s",
            "From the placing of an order until its saga had decided it.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = SagaSeconds });
        meter.CreateObservableGauge("tandem.order.sagas", Observe, "{saga}", "Sagas that are not done, by how they get on.");
    }

    /// <summary>Every status is there from the start, so that the first order of a kind is an increase and not a new series.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var status in Enum.GetValues<OrderStatus>())
        {
            _orders.Add(0, StatusLabel(status));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The order reached these statuses, and that is committed.</summary>
    public void Reached(Order order, IEnumerable<StatusChange> changes)
    {
        var wasPaid = order.History.Any(static change => change.Status == OrderStatus.Paid);
        foreach (var change in changes)
        {
            _orders.Add(1, StatusLabel(change.Status));
            switch (change.Status)
            {
                case OrderStatus.Paid:
                    _revenue.Add(order.Total, CurrencyLabel(order));
                    break;
                case OrderStatus.Refunded:
                    _refunds.Add(order.Total, CurrencyLabel(order));
                    break;
                default:
                    break;
            }

            // What is cancelled long after it was paid says nothing about how long sagas take; of cancelled and refunded the latter counts.
            var isEnd = SagaEnds.Contains(change.Status) && (change.Status == OrderStatus.Paid || (!wasPaid && change.Status == order.Status));
            if (isEnd)
            {
                _saga.Record((change.At - order.CreatedAt).TotalSeconds, new KeyValuePair<string, object?>("outcome", Stored.Name(change.Status)));
            }
        }
    }

    public void Failed(SagaStep step) => _failures.Add(1, new KeyValuePair<string, object?>("step", Stored.Name(step)));

    /// <summary>How many sagas are unfinished at this moment.</summary>
    public void See(IReadOnlyDictionary<SagaProgress, long> unfinished) => Volatile.Write(ref _unfinished, unfinished);

    private IEnumerable<Measurement<long>> Observe()
    {
        var unfinished = Volatile.Read(ref _unfinished);
        return Enum.GetValues<SagaProgress>()
            .Where(static progress => progress != SagaProgress.Done)
            .Select(progress => new Measurement<long>(unfinished.GetValueOrDefault(progress), new KeyValuePair<string, object?>("state", Stored.Name(progress))));
    }

    private static KeyValuePair<string, object?> StatusLabel(OrderStatus status) => new("status", Stored.Name(status));

    private static KeyValuePair<string, object?> CurrencyLabel(Order order) => new("currency", order.Currency);
}
