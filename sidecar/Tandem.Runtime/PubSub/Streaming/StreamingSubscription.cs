using Tandem.Runtime.PubSub.Delivery;

namespace Tandem.Runtime.PubSub.Streaming;

/// <summary>A subscription whose events go down a stream that the app opened, for as long as the stream is open.</summary>
public sealed class StreamingSubscription : IAsyncDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StreamSender _sender;
    private readonly Func<StreamingSubscription, Task> _remove;

    internal StreamingSubscription(StreamSender sender, Func<StreamingSubscription, Task> remove)
    {
        _sender = sender;
        _remove = remove;
    }

    /// <summary>Completes when the sidecar ends the subscription: it stops, or the component is gone.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The app said what became of an event.</summary>
    public void Answer(string eventId, DeliveryStatus status)
        => _sender.Answer(eventId, status switch
        {
            DeliveryStatus.Success => DeliveryResult.Success,
            DeliveryStatus.Drop => new DeliveryResult(status, DeliveryResult.Success.AppStatus, "the app dropped it"),
            _ => new DeliveryResult(status, DeliveryResult.Success.AppStatus, "the app asked for a retry"),
        });

    /// <summary>The stream is over: what was not answered is delivered again, here or elsewhere.</summary>
    public async ValueTask DisposeAsync()
    {
        await _sender.EndAsync().ConfigureAwait(false);
        await _remove(this).ConfigureAwait(false);
    }

    internal void End() => _ended.TrySetResult();
}
