using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Tandem.Components.Kafka.Client;
using Tandem.Components.PubSub;

namespace Tandem.Components.Kafka.Consuming;

/// <summary>
/// Handles the messages of one partition, as long as this member of the group has it: one after the other, or as many at once as a bulk
/// subscription bundles. Partitions go on beside each other.
/// </summary>
internal sealed partial class PartitionLane : IAsyncDisposable
{
    private const long MostBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan LongWait = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _handlers;
    private readonly TopicPartition _partition;
    private readonly TopicReader _reader;
    private readonly IPartitionFlow _flow;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly PartitionQueue _queue;
    private readonly SemaphoreSlim _turns;
    private readonly WakeSignal _signal;
    private readonly int _atOnce;
    private readonly int _most;
    private readonly int _few;
    private readonly Task _working;
    private bool _isPaused;
    private bool _isStopped;
    private long? _taken;

    /// <param name="closing">Tells handlers that the whole component closes.</param>
    public PartitionLane(TopicPartition partition, TopicReader reader, KafkaOptions options, IPartitionFlow flow, TimeProvider timeProvider, ILogger logger, CancellationToken closing)
    {
        _handlers = CancellationTokenSource.CreateLinkedTokenSource(closing);
        _partition = partition;
        _reader = reader;
        _flow = flow;
        _timeProvider = timeProvider;
        _logger = logger;
        _atOnce = reader.AtOnce;
        _queue = new PartitionQueue(options.Retries, options.RetryInterval, keepsKeys: _atOnce == 1);
        _turns = new SemaphoreSlim(_atOnce);
        _signal = new WakeSignal(timeProvider);

        // What waits when reading pauses is read a second time, so it pauses seldom and for long.
        _few = Math.Max(Math.Max(1, options.ReadAhead), _atOnce);
        _most = _few * 4;
        _working = Task.Run(WorkAsync, CancellationToken.None);
    }

    /// <summary>Takes a message that was read; reading pauses when there are too many.</summary>
    public void Add(Delivery delivery)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                return;
            }

            _queue.Add(delivery);
            if (!_isPaused && (_queue.Count >= _most || _queue.Bytes >= MostBytes))
            {
                _isPaused = true;
                _flow.Pause(_partition);
            }
        }

        _signal.Set();
    }

    /// <summary>The position to store, if it is another than the last time.</summary>
    public long? TakePosition()
    {
        lock (_lock)
        {
            if (_queue.Position == _taken)
            {
                return null;
            }

            return _taken = _queue.Position;
        }
    }

    /// <summary>Begins no further message; done when those that have begun are.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _isStopped = true;
        }

        _stop.Cancel();
        return _working;
    }

    /// <inheritdoc cref="StopAsync"/>
    public ValueTask DisposeAsync() => new(StopAsync());

    /// <summary>Tells the handlers that run to give up.</summary>
    public void CancelHandlers()
    {
        try
        {
            _handlers.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The last of them has just ended.
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                await _turns.WaitAsync(_stop.Token);
                if (Take(out var until) is not { } delivery)
                {
                    _turns.Release();
                    await _signal.WaitAsync(until, _stop.Token);
                    continue;
                }

                var handling = HandleAsync(delivery);
                if (_atOnce == 1)
                {
                    await handling;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The partition goes elsewhere, or the subscription ends.
        }

        // Each handler that still runs has a turn.
        for (var i = 0; i < _atOnce; i++)
        {
            await _turns.WaitAsync(CancellationToken.None);
        }

        _signal.Dispose();
        _turns.Dispose();
        _handlers.Dispose();
    }

    private Delivery? Take(out DateTimeOffset until)
    {
        lock (_lock)
        {
            var now = _timeProvider.GetUtcNow();
            if (_isStopped)
            {
                until = now + LongWait;
                return null;
            }

            var delivery = _queue.Take(now, out var again);
            until = again ?? now + LongWait;
            return delivery;
        }
    }

    private async Task HandleAsync(Delivery delivery)
    {
        var disposition = MessageDisposition.Retry;
        try
        {
            disposition = await _reader.HandleAsync(delivery.Message, _handlers.Token);
        }
        catch (Exception exception)
        {
            Log.HandlerFailed(_logger, exception, _partition.Topic, _partition.Partition.Value, delivery.Offset);
        }
        finally
        {
            Complete(delivery, disposition);
            _turns.Release();
        }
    }

    private void Complete(Delivery delivery, MessageDisposition disposition)
    {
        lock (_lock)
        {
            _queue.Complete(delivery, disposition, _timeProvider.GetUtcNow());
            if (_isPaused && !_isStopped && _queue.Count <= _few && _queue.Bytes <= MostBytes / 2)
            {
                _isPaused = false;
                _flow.Resume(_partition);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3321, LogLevel.Warning, "The handler of topic {Topic} failed with the message at {Partition}/{Offset}")]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string topic, int partition, long offset);
    }
}

/// <summary>Stops and starts the reading of a partition.</summary>
internal interface IPartitionFlow
{
    void Pause(TopicPartition partition);

    void Resume(TopicPartition partition);
}
