using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Tandem.Components.PubSub;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.PubSub.Streaming;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.PubSub.Delivery;

/// <summary>
/// Delivers the messages of one subscription. A message is done when the app took it, dropped it, or when it lies in the dead-letter
/// topic. While the app is down a delivery waits: that costs no attempt, and never leads to the dead-letter topic. A message upon which
/// the app breaks the connection each time has failed, as if the app had said so.
/// </summary>
internal sealed partial class EventDelivery(
    Subscription subscription,
    IPubSub broker,
    IAppChannel? app,
    IEventSender sender,
    TargetPolicy? policy,
    TimeProvider timeProvider,
    ILogger logger,
    IngressMeter? meter = null,
    EgressMeters? egress = null)
{
    private static readonly TimeSpan PauseAfterBrokenAnswer = TimeSpan.FromMilliseconds(100);

    /// <summary>So often an app may end in the middle of a message, its own or one beside it, before the message is to blame.</summary>
    private const int MostBrokenAnswers = 5;

    private readonly ResiliencePipeline<DeliveryResult>? _pipeline = policy?.Build<DeliveryResult>(
        static result => result.Status is DeliveryStatus.Retry ? result.AppStatus : null,
        static exception => exception is not AppUnreachableException and not OperationCanceledException);

    /// <summary>The component's handler.</summary>
    public async ValueTask<MessageDisposition> HandleAsync(Message message, CancellationToken cancellationToken)
    {
        var began = meter is null ? 0 : Stopwatch.GetTimestamp();
        DeliveredEvent cloudEvent;
        try
        {
            cloudEvent = DeliveredEvent.Read(message, subscription, timeProvider.GetUtcNow());
        }
        catch (FormatException exception)
        {
            meter?.Record(DeliveryStatus.Drop, appAnsweredWell: false, began);
            return await GiveUpAsync(message, exception.Message, orRetry: false, cancellationToken).ConfigureAwait(false);
        }

        if (cloudEvent.IsExpired)
        {
            meter?.Record(DeliveryStatus.Drop, appAnsweredWell: false, began);
            Log.Expired(logger, subscription.PubSubName, message.Topic);
            return await DiscardAsync(message, "it outlived its time", cancellationToken).ConfigureAwait(false);
        }

        if (cloudEvent.Route is null)
        {
            meter?.Record(DeliveryStatus.Drop, appAnsweredWell: false, began);
            Log.NoRoute(logger, subscription.PubSubName, message.Topic);
            return await DiscardAsync(message, "it matches no route", cancellationToken).ConfigureAwait(false);
        }

        DeliveryResult result;
        try
        {
            result = await DeliverAsync(cloudEvent, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEndedException)
        {
            // Whoever subscribes next gets it: no attempt was made that could have failed.
            return MessageDisposition.Retry;
        }

        meter?.Record(result.Status, result.IsAnsweredWell, began);
        switch (result.Status)
        {
            case DeliveryStatus.Success:
                return MessageDisposition.Done;
            case DeliveryStatus.Drop:
                Log.Dropped(logger, subscription.PubSubName, message.Topic, result.Reason);
                return await DiscardAsync(message, result.Reason, cancellationToken).ConfigureAwait(false);
            default:
                return await GiveUpAsync(message, result.Reason, orRetry: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What the app is not to see goes to the dead-letter topic where there is one, and is done.</summary>
    private ValueTask<MessageDisposition> DiscardAsync(Message message, string reason, CancellationToken cancellationToken)
        => subscription.Resource.DeadLetterTopic is null
            ? ValueTask.FromResult(MessageDisposition.Done)
            : GiveUpAsync(message, reason, orRetry: false, cancellationToken);

    private async ValueTask<DeliveryResult> DeliverAsync(DeliveredEvent cloudEvent, CancellationToken cancellationToken)
    {
        for (var broken = 0; ;)
        {
            if (app is not null)
            {
                await app.WaitUntilHealthyAsync(cancellationToken).ConfigureAwait(false);
            }

            try
            {
                return _pipeline is null
                    ? await sender.SendAsync(cloudEvent, cancellationToken).ConfigureAwait(false)
                    : await _pipeline.ExecuteAsync(
                        static (argument, token) => argument.sender.SendAsync(argument.cloudEvent, token),
                        (sender, cloudEvent),
                        cancellationToken).ConfigureAwait(false);
            }
            catch (AppUnreachableException exception)
            {
                Log.AppGone(logger, subscription.PubSubName, subscription.Resource.Topic, exception.Message);
                if (exception.Broke)
                {
                    cloudEvent = cloudEvent with { IsSuspect = true };
                    if (++broken == MostBrokenAnswers)
                    {
                        return new DeliveryResult(DeliveryStatus.Retry, 0, $"the app broke the connection {broken} times: {exception.Message}");
                    }
                }

                // The channel may not know yet that the app is gone; a connection that breaks each time must not spin.
                await Task.Delay(PauseAfterBrokenAnswer, timeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is TimeoutRejectedException or BrokenCircuitException)
            {
                return new DeliveryResult(DeliveryStatus.Retry, 0, exception.Message);
            }
        }
    }

    private async ValueTask<MessageDisposition> GiveUpAsync(Message message, string reason, bool orRetry, CancellationToken cancellationToken)
    {
        if (subscription.Resource.DeadLetterTopic is not { } deadLetterTopic)
        {
            Log.Failed(logger, subscription.PubSubName, message.Topic, reason, orRetry);
            return orRetry ? MessageDisposition.Retry : MessageDisposition.Done;
        }

        var began = egress is null ? 0 : Stopwatch.GetTimestamp();
        try
        {
            await broker.PublishAsync(new PublishRequest(deadLetterTopic, message.Data, message.ContentType, message.Metadata), cancellationToken).ConfigureAwait(false);
            egress?[deadLetterTopic].Record(true, began);
            Log.DeadLettered(logger, subscription.PubSubName, message.Topic, deadLetterTopic, reason);
            return MessageDisposition.Done;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It must not be lost: the component delivers it again.
            egress?[deadLetterTopic].Record(false, began);
            Log.DeadLetterFailed(logger, exception, subscription.PubSubName, message.Topic, deadLetterTopic);
            return MessageDisposition.Retry;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Warning, "Message on {PubSubName}/{Topic} was not taken: {Reason} (delivered again: {Again})")]
        public static partial void Failed(ILogger logger, string pubSubName, string topic, string reason, bool again);

        [LoggerMessage(2102, LogLevel.Warning, "Message on {PubSubName}/{Topic} went to dead-letter topic {DeadLetterTopic}: {Reason}")]
        public static partial void DeadLettered(ILogger logger, string pubSubName, string topic, string deadLetterTopic, string reason);

        [LoggerMessage(2103, LogLevel.Error, "Message on {PubSubName}/{Topic} could not be published to dead-letter topic {DeadLetterTopic}; it is delivered again")]
        public static partial void DeadLetterFailed(ILogger logger, Exception exception, string pubSubName, string topic, string deadLetterTopic);

        [LoggerMessage(2104, LogLevel.Warning, "Message on {PubSubName}/{Topic} was dropped: {Reason}")]
        public static partial void Dropped(ILogger logger, string pubSubName, string topic, string reason);

        [LoggerMessage(2105, LogLevel.Debug, "Message on {PubSubName}/{Topic} waits for the app: {Reason}")]
        public static partial void AppGone(ILogger logger, string pubSubName, string topic, string reason);

        [LoggerMessage(2106, LogLevel.Warning, "Message on {PubSubName}/{Topic} matches no route and is dropped")]
        public static partial void NoRoute(ILogger logger, string pubSubName, string topic);

        [LoggerMessage(2107, LogLevel.Information, "Message on {PubSubName}/{Topic} outlived its time and is dropped")]
        public static partial void Expired(ILogger logger, string pubSubName, string topic);
    }
}
