using Tandem.Components.PubSub;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>One subscription: a handler that takes some messages of its group at once, together with the group's other members.</summary>
internal sealed class GroupMember : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConsumerGroup _group;
    private readonly MessageHandler _handler;
    private readonly CancellationToken _closing;
    private readonly Task _workers;

    /// <param name="closing">Tells handlers that the whole component closes.</param>
    public GroupMember(ConsumerGroup group, MessageHandler handler, int concurrency, CancellationToken closing)
    {
        _group = group;
        _handler = handler;
        _closing = closing;
        Concurrency = concurrency;
        _workers = Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
    }

    public int Concurrency { get; }

    /// <summary>Takes no further message, and waits for those that are being handled.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _workers;
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                var delivery = await _group.Ready.ReadAsync(_stop.Token);
                if (_group.TryBegin(delivery))
                {
                    _group.End(delivery, await HandleAsync(delivery.Message));
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The subscription ends.
        }
    }

    private async ValueTask<MessageDisposition> HandleAsync(Message message)
    {
        try
        {
            return await _handler(message, _closing);
        }
        catch (Exception exception)
        {
            _group.HandlerFailed(exception);
            return MessageDisposition.Retry;
        }
    }
}
