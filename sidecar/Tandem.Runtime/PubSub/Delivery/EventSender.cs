using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.PubSub.Delivery;

/// <summary>Carries an event to its subscriber once, and reads what the subscriber says.</summary>
public interface IEventSender
{
    /// <summary>Sends one event.</summary>
    /// <exception cref="AppUnreachableException">There was no answer.</exception>
    ValueTask<DeliveryResult> SendAsync(DeliveredEvent cloudEvent, CancellationToken cancellationToken);
}

/// <summary>Sends events to the app one by one.</summary>
internal sealed class EventSender(IAppChannel app, SubscriptionResource subscription) : IEventSender
{
    private readonly IAppCallbacks _callbacks = app.Callbacks;

    public ValueTask<DeliveryResult> SendAsync(DeliveredEvent cloudEvent, CancellationToken cancellationToken)
        => _callbacks.DeliverAsync(cloudEvent, subscription, cancellationToken);
}
