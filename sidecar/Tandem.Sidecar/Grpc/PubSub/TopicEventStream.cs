using Dapr.AppCallback.Autogen.Grpc.v1;
using Grpc.Core;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.PubSub.Streaming;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.PubSub;

/// <summary>
/// A streaming subscription: the app's first message says what it wants, the answer says that it has it, and events and what the app says
/// of them go each way then, until one side ends the stream.
/// </summary>
internal static class TopicEventStream
{
    public static async Task RunAsync(
        BuildingBlocks blocks,
        IAsyncStreamReader<Proto.SubscribeTopicEventsRequestAlpha1> requests,
        IServerStreamWriter<Proto.SubscribeTopicEventsResponseAlpha1> responses,
        CancellationToken cancellationToken)
    {
        var wish = await ReadWishAsync(requests, cancellationToken).ConfigureAwait(false);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var subscription = await blocks.Subscriptions.Streaming.StartAsync(
            wish.PubsubName,
            wish.Topic,
            GrpcMetadata.Read(wish.Metadata),
            wish.HasDeadLetterTopic && wish.DeadLetterTopic.Length > 0 ? wish.DeadLetterTopic : null,
            WriteAsync,
            cancellationToken).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            using var release = new Release(begun, over);
            await responses.WriteAsync(new() { InitialResponse = new() }, cancellationToken).ConfigureAwait(false);
            begun.SetResult();
            var reading = ReadAnswersAsync(requests, subscription, over.Token);
            if (await Task.WhenAny(reading, subscription.Ended).ConfigureAwait(false) == subscription.Ended)
            {
                await over.CancelAsync().ConfigureAwait(false);
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new RpcException(new Status(StatusCode.Unavailable, $"the subscription to topic '{wish.Topic}' of '{wish.PubsubName}' has ended: the sidecar stops, or its component was changed"));
            }

            await reading.ConfigureAwait(false);
        }

        async Task WriteAsync(TopicEventRequest message)
        {
            // No event goes before the answer to the first message.
            await begun.Task.WaitAsync(over.Token).ConfigureAwait(false);
            await responses.WriteAsync(new() { EventMessage = message }, over.Token).ConfigureAwait(false);
        }
    }

    private static async Task<Proto.SubscribeTopicEventsRequestInitialAlpha1> ReadWishAsync(
        IAsyncStreamReader<Proto.SubscribeTopicEventsRequestAlpha1> requests, CancellationToken cancellationToken)
    {
        var wish = await requests.MoveNext(cancellationToken).ConfigureAwait(false) ? requests.Current.InitialRequest : null;
        return wish is null ? throw Malformed("the first message must be the initial request")
            : wish.PubsubName.Length == 0 ? throw Malformed("the initial request has no pubsub_name")
            : wish.Topic.Length == 0 ? throw Malformed("the initial request has no topic")
            : wish;
    }

    /// <summary>Reads until the app has nothing more to say.</summary>
    private static async Task ReadAnswersAsync(
        IAsyncStreamReader<Proto.SubscribeTopicEventsRequestAlpha1> requests, StreamingSubscription subscription, CancellationToken cancellationToken)
    {
        while (await requests.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            if (requests.Current.EventProcessed is not { } processed)
            {
                throw Malformed("only the first message may be an initial request, and every other must say what became of an event");
            }

            subscription.Answer(processed.Id, processed.Status?.Status switch
            {
                null or TopicEventResponse.Types.TopicEventResponseStatus.Success => DeliveryStatus.Success,
                TopicEventResponse.Types.TopicEventResponseStatus.Drop => DeliveryStatus.Drop,
                _ => DeliveryStatus.Retry,
            });
        }
    }

    /// <summary>However the stream ends, no event waits any longer: neither for its beginning, nor for an app that does not read.</summary>
    private sealed class Release(TaskCompletionSource begun, CancellationTokenSource over) : IDisposable
    {
        public void Dispose()
        {
            begun.TrySetCanceled();
            over.Cancel();
        }
    }

    private static RpcException Malformed(string problem) => new(new Status(StatusCode.InvalidArgument, problem));
}
