using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;

namespace Tandem.Components.Redis.PubSub;

/// <summary>
/// One subscription: a reader that waits for new entries, workers that hand them to the app, acknowledgements that go out together, and
/// a keeper for entries that stay pending.
/// </summary>
internal sealed partial class RedisSubscription : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly GroupStream _stream;
    private readonly MessageHandler _handler;
    private readonly ILogger _logger;
    private readonly CancellationToken _closing;
    private readonly Channel<StreamEntry> _queue;
    private readonly PendingEntries _pending;
    private readonly Acknowledger _acknowledger;
    private readonly EntryReader _reader;
    private readonly Task _workers;

    /// <param name="closing">Tells handlers that the whole component closes.</param>
    public RedisSubscription(GroupStream stream, RedisPubSubOptions options, MessageHandler handler, TimeProvider timeProvider, ILogger logger, CancellationToken closing)
    {
        _stream = stream;
        _handler = handler;
        _logger = logger;
        _closing = closing;
        _queue = Channel.CreateBounded<StreamEntry>(options.QueueDepth);
        _pending = new PendingEntries(stream, options, _queue.Writer, timeProvider, logger);
        _acknowledger = new Acknowledger(stream, _pending, timeProvider, logger);
        _reader = new EntryReader(stream, options, _pending, timeProvider, logger);
        _workers = Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
    }

    /// <summary>Takes no further message, waits for those that are being handled, and gives back those that are not.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pending.StopQueueingAsync();
        await _reader.DisposeAsync();
        await _workers;
        await _acknowledger.DisposeAsync();
        await _pending.DisposeAsync();
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                var entry = await _queue.Reader.ReadAsync(_stop.Token);
                if (await HandleAsync(entry) is MessageDisposition.Done)
                {
                    _acknowledger.Add(entry.Id);
                }
                else
                {
                    // It stays pending, and comes again when it has been so for long enough.
                    _pending.Forget(entry.Id);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The subscription ends.
        }
    }

    private async ValueTask<MessageDisposition> HandleAsync(StreamEntry entry)
    {
        try
        {
            return await _handler(entry.Message, _closing);
        }
        catch (Exception exception)
        {
            Log.HandlerFailed(_logger, exception, _stream.Topic);
            return MessageDisposition.Retry;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Warning, "The handler of topic {Topic} failed; the message is delivered again")]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string topic);
    }
}
