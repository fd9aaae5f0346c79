using Dapr.AppCallback.Autogen.Grpc.v1;
using Microsoft.Extensions.Logging;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.PubSub.Streaming;

/// <summary>
/// Sends events down a stream that the app opened, and waits for what it says of each by the event's ID. When the stream ends, whatever
/// was not answered has not been delivered.
/// </summary>
internal sealed partial class StreamSender(SubscriptionResource subscription, TopicEventWriter write, ILogger logger) : IEventSender
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<TaskCompletionSource<DeliveryResult>>> _waiting = new(StringComparer.Ordinal);
    private Task _lastWrite = Task.CompletedTask;
    private bool _hasEnded;

    /// <inheritdoc/>
    public async ValueTask<DeliveryResult> SendAsync(DeliveredEvent cloudEvent, CancellationToken cancellationToken)
    {
        var message = TopicEvents.Create(cloudEvent, subscription);
        var answer = Expect(message.Id);
        try
        {
            try
            {
                await WriteInTurnAsync(message).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new StreamEndedException(exception);
            }

            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Forget(message.Id, answer);
        }
    }

    /// <summary>The app said what became of an event. Of several with the same ID it means the one that waits longest.</summary>
    public void Answer(string id, DeliveryResult result)
    {
        TaskCompletionSource<DeliveryResult>? answer;
        lock (_lock)
        {
            answer = _waiting.TryGetValue(id, out var all) ? all[0] : null;
            if (answer is not null)
            {
                Remove(id, answer);
            }
        }

        if (answer is null)
        {
            Log.NobodyWaits(logger, subscription.PubSubName, subscription.Topic, id);
            return;
        }

        answer.TrySetResult(result);
    }

    /// <summary>The stream is over. When this returns nothing is written to it any more.</summary>
    public async Task EndAsync()
    {
        Fail();
        Task last;
        lock (_lock)
        {
            last = _lastWrite;
        }

        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Fail()
    {
        List<TaskCompletionSource<DeliveryResult>> left;
        lock (_lock)
        {
            _hasEnded = true;
            left = [.. _waiting.Values.SelectMany(static all => all)];
            _waiting.Clear();
        }

        left.ForEach(static answer => answer.TrySetException(new StreamEndedException()));
    }

    /// <summary>A stream takes one message at a time.</summary>
    private Task WriteInTurnAsync(TopicEventRequest message)
    {
        lock (_lock)
        {
            return _lastWrite = WriteAfterAsync(_lastWrite, message);
        }
    }

    private async Task WriteAfterAsync(Task previous, TopicEventRequest message)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
        {
            if (_hasEnded)
            {
                throw new StreamEndedException();
            }
        }

        await write(message).ConfigureAwait(false);
    }

    private TaskCompletionSource<DeliveryResult> Expect(string id)
    {
        var answer = new TaskCompletionSource<DeliveryResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_hasEnded)
            {
                throw new StreamEndedException();
            }

            if (!_waiting.TryGetValue(id, out var all))
            {
                _waiting[id] = all = [];
            }

            all.Add(answer);
        }

        return answer;
    }

    private void Forget(string id, TaskCompletionSource<DeliveryResult> answer)
    {
        lock (_lock)
        {
            Remove(id, answer);
        }
    }

    private void Remove(string id, TaskCompletionSource<DeliveryResult> answer)
    {
        if (_waiting.TryGetValue(id, out var all) && all.Remove(answer) && all.Count == 0)
        {
            _waiting.Remove(id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2121, LogLevel.Warning, "the app answered for event {Id} of {PubSubName}/{Topic}, and nobody waits for that (any more)")]
        public static partial void NobodyWaits(ILogger logger, string pubSubName, string topic, string id);
    }
}

/// <summary>Writes an event to the stream of its subscriber; one at a time.</summary>
public delegate Task TopicEventWriter(TopicEventRequest message);

/// <summary>The stream that carried an event is over: it was not delivered, and nobody is to blame for it.</summary>
internal sealed class StreamEndedException(Exception? innerException = null) : OperationCanceledException("the app's stream has ended", innerException);
