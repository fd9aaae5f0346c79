using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;
using Tandem.Components.RabbitMq.Connection;

namespace Tandem.Components.RabbitMq.PubSub;

/// <summary>
/// One subscription: a consumer that is made again when its channel breaks, and workers that hand messages to the app. A message that
/// the app did not take, and which came again already, is held for a moment, so that it does not go round and round.
/// </summary>
internal sealed partial class QueueSubscription : IAsyncDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();
    private readonly BrokerConnection _connection;
    private readonly QueueTopology _topology;
    private readonly RabbitMqPubSubOptions _options;
    private readonly MessageHandler _handler;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly CancellationToken _closing;
    private ConsumerSession? _session;
    private Task _consuming = Task.CompletedTask;
    private Task _working = Task.CompletedTask;

    /// <param name="closing">Tells handlers that the whole component closes.</param>
    public QueueSubscription(
        BrokerConnection connection,
        QueueTopology topology,
        RabbitMqPubSubOptions options,
        MessageHandler handler,
        TimeProvider timeProvider,
        ILogger logger,
        CancellationToken closing)
    {
        _connection = connection;
        _topology = topology;
        _options = options;
        _handler = handler;
        _timeProvider = timeProvider;
        _logger = logger;
        _closing = closing;
    }

    private bool IsOver => _stop.IsCancellationRequested || _closing.IsCancellationRequested;

    /// <summary>Begins to consume; an exception says why it cannot.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _session = await OpenAsync(_connection.Options.ReconnectWait * Attempts, cancellationToken);
        _working = Parallel.ForEachAsync(
            _deliveries.Reader.ReadAllAsync(CancellationToken.None),
            new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency },
            (delivery, _) => HandleAsync(delivery));
        _consuming = Task.Run(ConsumeAsync, CancellationToken.None);
    }

    /// <summary>Takes no further message, waits for those that are being handled, and gives back those that are not.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _consuming;
        if (_session is { } session)
        {
            await session.CancelAsync();
            _deliveries.Writer.Complete();
            await _working;
            await session.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task<ConsumerSession> OpenAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var connection = await _connection.GetAsync(patience, cancellationToken);
        return await ConsumerSession.OpenAsync(connection, _topology, _options, _deliveries.Writer, cancellationToken);
    }

    private async Task ConsumeAsync()
    {
        try
        {
            while (true)
            {
                var reason = await _session!.Ended.WaitAsync(_stop.Token);
                Log.Ended(_logger, _topology.QueueName, reason);
                await _session.DisposeAsync();
                _session = await ReopenAsync();
                Log.Begun(_logger, _topology.QueueName);
            }
        }
        catch (Exception) when (IsOver)
        {
            // The subscription ends, or the whole component.
        }
    }

    private async Task<ConsumerSession> ReopenAsync()
    {
        var said = "";
        while (true)
        {
            try
            {
                return await OpenAsync(Timeout.InfiniteTimeSpan, _stop.Token);
            }
            catch (Exception exception) when (!IsOver)
            {
                if (said != exception.Message)
                {
                    Log.NotYet(_logger, exception.Message);
                }

                said = exception.Message;
            }

            await Task.Delay(_connection.Options.ReconnectWait, _timeProvider, _stop.Token);
        }
    }

    private async ValueTask HandleAsync(Delivery delivery)
    {
        if (_stop.IsCancellationRequested || !delivery.Session.IsOpen)
        {
            // Not begun: the server gives it to whoever is there.
            return;
        }

        MessageDisposition disposition;
        try
        {
            disposition = await _handler(delivery.Message, _closing);
        }
        catch (Exception) when (_closing.IsCancellationRequested)
        {
            // Neither handled nor failed: it is in the queue again when the channel closes.
            return;
        }
        catch (Exception exception)
        {
            Log.HandlerFailed(_logger, exception, _topology.Topic);
            disposition = MessageDisposition.Retry;
        }

        if (_options.AutoAck)
        {
            return;
        }

        if (disposition is MessageDisposition.Done)
        {
            await delivery.Session.AcknowledgeAsync(delivery.Tag);
        }
        else
        {
            await RefuseAsync(delivery);
        }
    }

    private async ValueTask RefuseAsync(Delivery delivery)
    {
        if (delivery.IsAgain || !_options.RequeueInFailure)
        {
            try
            {
                // What would be dropped is held as well: a subscription that ends because its app went away gives it back instead.
                await Task.Delay(Pause, _timeProvider, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        if (!_options.RequeueInFailure)
        {
            Log.Refused(_logger, _topology.QueueName, _options.EnableDeadLetter);
        }

        await delivery.Session.RefuseAsync(delivery.Tag, _options.RequeueInFailure);
    }

    private static partial class Log
    {
        [LoggerMessage(3511, LogLevel.Warning, "The handler of topic {Topic} failed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string topic);

        [LoggerMessage(3512, LogLevel.Warning, "Queue {Queue} is not consumed for the moment: {Reason}")]
        public static partial void Ended(ILogger logger, string queue, string reason);

        [LoggerMessage(3513, LogLevel.Warning, "The subscription is tried again: {Reason}")]
        public static partial void NotYet(ILogger logger, string reason);

        [LoggerMessage(3514, LogLevel.Information, "Queue {Queue} is consumed again")]
        public static partial void Begun(ILogger logger, string queue);

        [LoggerMessage(3515, LogLevel.Warning, "A message of queue {Queue} was not handled and, as requeueInFailure is false, leaves the queue (dead letter: {DeadLetter})")]
        public static partial void Refused(ILogger logger, string queue, bool deadLetter);
    }
}
