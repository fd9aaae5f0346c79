using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.PubSub;

/// <summary>
/// The entries that this subscription has in its hands: read, and not yet acknowledged. The server is told of them while they are, so that
/// nobody else takes them for lost; and entries that really are (their process died, or their handler failed) are taken over.
/// </summary>
internal sealed partial class PendingEntries : IAsyncDisposable
{
    private static readonly TimeSpan LeastRenewal = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, long> _inHand = new(StringComparer.Ordinal);
    private readonly GroupStream _stream;
    private readonly RedisPubSubOptions _options;
    private readonly ChannelWriter<StreamEntry> _queue;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly TimeSpan _renewal;
    private readonly Task _reclaiming;
    private readonly Task _renewing;

    public PendingEntries(GroupStream stream, RedisPubSubOptions options, ChannelWriter<StreamEntry> queue, TimeProvider timeProvider, ILogger logger)
    {
        _stream = stream;
        _options = options;
        _queue = queue;
        _timeProvider = timeProvider;
        _logger = logger;
        _renewal = TimeSpan.FromTicks(Math.Max(options.ProcessingTimeout.Ticks / 2, LeastRenewal.Ticks));
        _reclaiming = options.Redelivers ? Task.Run(ReclaimAsync) : Task.CompletedTask;
        _renewing = options.Redelivers ? Task.Run(RenewAsync) : Task.CompletedTask;
    }

    /// <summary>Queues an entry, once there is room; one that is in hand already is not queued twice.</summary>
    public async ValueTask AddAsync(StreamEntry entry)
    {
        if (!_inHand.TryAdd(entry.Id, _timeProvider.GetTimestamp()))
        {
            return;
        }

        try
        {
            await _queue.WriteAsync(entry, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The subscription ends; the entry is given back with the others.
        }
    }

    /// <summary>The entry is acknowledged, or left for another time.</summary>
    public void Forget(string id) => _inHand.TryRemove(id, out _);

    /// <summary>Queues nothing more. What is in hand stays so.</summary>
    public async Task StopQueueingAsync()
    {
        await _stop.CancelAsync();
        await _reclaiming;
    }

    /// <summary>Lets others have what was read and not handled, without the wait.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _renewing;
        try
        {
            if (_options.Redelivers && !_inHand.IsEmpty)
            {
                await _stream.SetIdleAsync(_inHand.Keys, _options.ProcessingTimeout, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is RedisException or RedisUnavailableException or OperationCanceledException)
        {
            Log.NotGivenBack(_logger, _stream.Topic, exception.Message);
        }

        _stop.Dispose();
        _end.Dispose();
    }

    private Task ReclaimAsync() => RepeatAsync(_options.RedeliverInterval, atOnce: true, ReclaimOnceAsync, _stop.Token);

    private async Task ReclaimOnceAsync()
    {
        var cursor = "0-0";
        do
        {
            (cursor, var entries) = await _stream.ClaimAsync(cursor, _options.ProcessingTimeout, _options.QueueDepth, _stop.Token);
            foreach (var entry in entries)
            {
                await AddAsync(entry);
            }
        }
        while (cursor != "0-0" && !_stop.IsCancellationRequested);
    }

    private Task RenewAsync() => RepeatAsync(_renewal / 2, atOnce: false, RenewOnceAsync, _end.Token);

    private async Task RenewOnceAsync()
    {
        var old = _inHand.Where(pair => _timeProvider.GetElapsedTime(pair.Value) >= _renewal).ToList();
        foreach (var (id, since) in old)
        {
            // Not for one that was acknowledged meanwhile.
            _inHand.TryUpdate(id, _timeProvider.GetTimestamp(), since);
        }

        await _stream.SetIdleAsync(old.Select(static pair => pair.Key), TimeSpan.Zero, _end.Token);
    }

    private async Task RepeatAsync(TimeSpan interval, bool atOnce, Func<Task> work, CancellationToken end)
    {
        using var timer = new PeriodicTimer(interval, _timeProvider);
        try
        {
            while (atOnce || await timer.WaitForNextTickAsync(end))
            {
                atOnce = false;
                try
                {
                    await work();
                }
                catch (RedisException exception) when (exception.Is("NOGROUP"))
                {
                    // The reader makes the group anew; nothing is pending in it.
                }
                catch (Exception exception) when (exception is RedisException or RedisUnavailableException && !end.IsCancellationRequested)
                {
                    Log.Failed(_logger, _stream.Topic, exception.Message);
                }
            }
        }
        catch (Exception) when (end.IsCancellationRequested)
        {
            // The subscription ends, perhaps in the middle of an outage.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3121, LogLevel.Warning, "The pending messages of topic {Topic} could not be looked after this time: {Reason}")]
        public static partial void Failed(ILogger logger, string topic, string reason);

        [LoggerMessage(3122, LogLevel.Warning, "Messages of topic {Topic} that were read and not handled could not be given back, and are delivered again after the processing timeout: {Reason}")]
        public static partial void NotGivenBack(ILogger logger, string topic, string reason);
    }
}
