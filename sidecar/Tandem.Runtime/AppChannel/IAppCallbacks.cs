using Tandem.Components.Bindings;
using Tandem.Runtime.Bindings;
using Tandem.Runtime.Jobs;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.AppChannel;

/// <summary>
/// What the sidecar calls its app for, said in the app's protocol: paths of its own over HTTP, the AppCallback services over gRPC. Each
/// method calls the app once; who retries, waits for the app or gives up is the caller's affair. All throw
/// <see cref="AppUnreachableException"/> when there is no answer.
/// </summary>
public interface IAppCallbacks
{
    /// <summary>Whether an event finds its way in the app only by a route.</summary>
    bool NeedsRoutes { get; }

    /// <summary>Asks for the actor configuration, a JSON object; <see langword="null"/> when the app has nothing to say.</summary>
    /// <exception cref="AppAnswerException">The answer is none yet.</exception>
    Task<byte[]?> GetConfigurationAsync(CancellationToken cancellationToken);

    /// <summary>Asks for the app's subscriptions; <see langword="null"/> when it has nothing to say.</summary>
    /// <exception cref="AppAnswerException">The answer is none yet.</exception>
    Task<IReadOnlyList<SubscriptionResource>?> GetSubscriptionsAsync(CancellationToken cancellationToken);

    /// <summary>Asks whether the app wants the events of an input binding.</summary>
    /// <param name="name">The component.</param>
    /// <param name="path">Where its events go over HTTP.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="AppAnswerException">The answer is none yet.</exception>
    Task<bool> WantsBindingAsync(string name, string path, CancellationToken cancellationToken);

    /// <summary>Delivers an event of a topic.</summary>
    ValueTask<DeliveryResult> DeliverAsync(DeliveredEvent cloudEvent, SubscriptionResource subscription, CancellationToken cancellationToken);

    /// <summary>Delivers several events of a topic at once, all for one route.</summary>
    ValueTask<BulkDelivery> DeliverAsync(IReadOnlyList<BulkEntry> entries, string route, SubscriptionResource subscription, CancellationToken cancellationToken);

    /// <summary>Delivers an event of an input binding.</summary>
    /// <param name="name">The component.</param>
    /// <param name="path">Where its events go over HTTP.</param>
    /// <param name="bindingEvent">The event.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<BindingReply> DeliverAsync(string name, string path, BindingEvent bindingEvent, CancellationToken cancellationToken);

    /// <summary>Triggers a job.</summary>
    Task<JobReply> TriggerAsync(string name, JobRequest job, CancellationToken cancellationToken);
}

/// <summary>The app answered with something that does not say what it was asked; it has to be asked again.</summary>
public sealed class AppAnswerException(string message, Exception? innerException = null) : Exception(message, innerException);
