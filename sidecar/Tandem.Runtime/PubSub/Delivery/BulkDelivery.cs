namespace Tandem.Runtime.PubSub.Delivery;

/// <summary>One event of several that go to the app at once.</summary>
/// <param name="Id">By which the app says what became of it.</param>
public readonly record struct BulkEntry(string Id, DeliveredEvent Event);

/// <summary>What the app said of several events.</summary>
/// <param name="Overall">How the call ended; when that was badly, it goes for each event.</param>
/// <param name="Entries">What it said of the single ones, by their IDs.</param>
public readonly record struct BulkDelivery(DeliveryResult Overall, IReadOnlyDictionary<string, DeliveryResult> Entries)
{
    /// <summary>The call failed as a whole.</summary>
    public static BulkDelivery Failed(DeliveryResult result) => new(result, new Dictionary<string, DeliveryResult>());
}
