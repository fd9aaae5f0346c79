using Tandem.Runtime.PubSub.Delivery;

namespace Tandem.Runtime.Metrics.Components;

/// <summary>Meters the deliveries of one subscription.</summary>
public sealed class IngressMeter
{
    private readonly StatusSeries<Histogram> _single;
    private readonly StatusSeries<Histogram> _bulk;
    private readonly StatusSeries<Counter> _bulkEvents;

    internal IngressMeter(Func<string, string, Histogram> single, Func<string, string, Histogram> bulk, Func<string, string, Counter> bulkEvents)
    {
        _single = new StatusSeries<Histogram>(key => single(ProcessStatusOf(key), StatusOf(key)));
        _bulk = new StatusSeries<Histogram>(key => bulk(ProcessStatusOf(key), StatusOf(key)));
        _bulkEvents = new StatusSeries<Counter>(key => bulkEvents(ProcessStatusOf(key), StatusOf(key)));
    }

    /// <summary>The app was given a message.</summary>
    public void Record(DeliveryStatus result, bool appAnsweredWell, long began) => _single.Find(KeyOf(result, appAnsweredWell)).RecordSince(began);

    /// <summary>The app was given several messages at once.</summary>
    public void RecordBulk(DeliveryStatus result, bool appAnsweredWell, long began) => _bulk.Find(KeyOf(result, appAnsweredWell)).RecordSince(began);

    /// <summary>What became of one message among several.</summary>
    public void RecordBulkEvent(DeliveryStatus result, bool appAnsweredWell) => _bulkEvents.Find(KeyOf(result, appAnsweredWell)).Add();

    private static int KeyOf(DeliveryStatus result, bool appAnsweredWell) => ((int)result << 1) | (appAnsweredWell ? 1 : 0);

    private static string ProcessStatusOf(int key) => (DeliveryStatus)(key >> 1) switch
    {
        DeliveryStatus.Success => "success",
        DeliveryStatus.Drop => "drop",
        _ => "retry",
    };

    /// <summary>A message that the app itself dropped or wants again was answered well: that tells it from one that failed.</summary>
    private static string StatusOf(int key) => (key & 1) == 1 ? "success" : "";
}
