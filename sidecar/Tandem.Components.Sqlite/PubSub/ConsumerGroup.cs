using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>
/// A consumer group as this process takes part in it. One loop renews the lease, reads the log ahead of the handlers and saves what is
/// done; the members' workers take messages from the queue.
/// </summary>
internal sealed partial class ConsumerGroup : IAsyncDisposable
{
    private static readonly TimeSpan FaultDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly DeliveryQueue _queue = new();
    private readonly OwnedSlots _slots = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly GroupSettings _settings;
    private readonly ConsumerGroupStore _store;
    private readonly LogReader _reader;
    private readonly ProgressSaver _saver;
    private readonly WakeSignal _wake;
    private GroupLease _lease = new([], 0, "");
    private DateTimeOffset _renewAt;
    private Task _loop = Task.CompletedTask;
    private volatile bool _checkShares;
    private int _concurrency;

    private ConsumerGroup(GroupSettings settings)
    {
        _settings = settings;
        _store = new ConsumerGroupStore(settings.GroupId, settings.Owner, settings.Options.LeaseDuration);
        _reader = new LogReader(settings);
        _wake = new WakeSignal(settings.TimeProvider);
        _saver = new ProgressSaver(
            settings, _store, _slots, _gate, _wake.Set, exception => Log.DatabaseFailed(settings.Logger, exception, settings.Topic, settings.Name));
    }

    /// <summary>What the members' workers take from.</summary>
    public ChannelReader<Delivery> Ready => _queue.Ready;

    private SqliteDatabase Database => _settings.Database;

    private DateTimeOffset Now => _settings.TimeProvider.GetUtcNow();

    /// <summary>Takes part in the group from now on.</summary>
    public static async Task<ConsumerGroup> StartAsync(GroupSettings settings, CancellationToken cancellationToken)
    {
        var group = new ConsumerGroup(settings);
        await group.RenewAsync(cancellationToken);
        group._loop = Task.Run(group.RunAsync, CancellationToken.None);
        return group;
    }

    /// <summary>There may be new messages.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Another process wrote to the database: new messages perhaps, or members that came and went.</summary>
    public void WakeForForeignChange()
    {
        _checkShares = true;
        _wake.Set();
    }

    /// <summary>A member joined (or left): so many messages more (or less) are handled at once.</summary>
    public void AddConcurrency(int change)
    {
        Interlocked.Add(ref _concurrency, change);
        _wake.Set();
    }

    /// <summary>Whether a message that a worker took may be handled still.</summary>
    public bool TryBegin(Delivery delivery)
    {
        lock (_gate)
        {
            if (delivery.Slot.Lost || delivery.Slot.Leaving)
            {
                _queue.Remove(delivery);
                return false;
            }

            delivery.Slot.Running++;
            return true;
        }
    }

    /// <summary>A worker has handled a message, or has not.</summary>
    public void End(Delivery delivery, MessageDisposition disposition)
    {
        var wake = false;
        lock (_gate)
        {
            var slot = delivery.Slot;
            slot.Running--;
            if (disposition == MessageDisposition.Retry && !slot.Lost && !slot.Leaving)
            {
                _queue.Delay(delivery, Now + RetryDelay(++delivery.FailedAttempts));
                wake = true;
            }
            else
            {
                if (disposition == MessageDisposition.Done)
                {
                    slot.Done(delivery.Offset);
                }

                _queue.Remove(delivery);
            }

            wake |= _saver.Schedule(Now);
            wake |= slot.Leaving || WantsMore;
        }

        if (wake)
        {
            _wake.Set();
        }
    }

    public void HandlerFailed(Exception exception) => Log.HandlerFailed(_settings.Logger, exception, _settings.Topic, _settings.Name);

    /// <summary>Saves what is done and leaves the group; its members have stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _saver.Idle;
        _wake.Dispose();
        _stop.Dispose();
        List<SlotState> states;
        lock (_gate)
        {
            states = _slots.Current();
        }

        await Database.WriteAsync(
            static (connection, leave) => leave._store.Leave(connection, leave.states, leave.Now), (_store, states, Now), CancellationToken.None);
    }

    private bool WantsMore => _reader.MayHaveMore && _queue.Ready.Count <= _concurrency;

    private TimeSpan RetryDelay(int attempt)
    {
        var options = _settings.Options;
        var factor = Math.Pow(2, Math.Min(attempt - 1, 30));
        return options.RetryInterval * factor < options.MaxRetryInterval ? options.RetryInterval * factor : options.MaxRetryInterval;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var next = await StepAsync();
                await _wake.WaitAsync(next, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The last member left.
        }
    }

    /// <summary>Does what is due and says when something will be due again.</summary>
    private async Task<DateTimeOffset> StepAsync()
    {
        try
        {
            if (Now >= _renewAt || await SharesChangedAsync())
            {
                await RenewAsync(_stop.Token);
            }

            await ReadAheadAsync();
            await GiveUpAsync();
            _saver.SaveIfDue(Now);
            lock (_gate)
            {
                _queue.ReleaseDue(Now);
                return Earliest(_renewAt, _saver.DueAt, _queue.NextDue ?? DateTimeOffset.MaxValue);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it is: a loop that ended would be a subscription that has fallen silent.
            Log.DatabaseFailed(_settings.Logger, exception, _settings.Topic, _settings.Name);
            return Now + FaultDelay;
        }
    }

    private async ValueTask<bool> SharesChangedAsync()
    {
        if (!_checkShares)
        {
            return false;
        }

        _checkShares = false;
        return await Database.ReadAsync(
            static (connection, check) => check._store.HasChanged(connection, check._lease.Members, check._lease.Owned.Count < check._lease.Share),
            (_store, _lease),
            _stop.Token);
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        var lease = await Database.WriteAsync(
            static (connection, renew) => renew._store.Renew(connection, renew.now), (_store, now), cancellationToken);
        _lease = lease;
        _renewAt = now + (_settings.Options.LeaseDuration / 3);
        lock (_gate)
        {
            _slots.Apply(lease);
            _queue.ReleaseLeaving();
        }
    }

    private async Task ReadAheadAsync()
    {
        var more = true;
        while (more)
        {
            lock (_gate)
            {
                if (!_reader.HasRoom(_queue, _concurrency))
                {
                    return;
                }
            }

            more = await _reader.ReadAsync(_gate, _slots.ByNumber, _queue, _stop.Token);
        }
    }

    /// <summary>Hands over the slots that are to leave, once no handler runs for them.</summary>
    private async Task GiveUpAsync()
    {
        List<SlotState> states;
        lock (_gate)
        {
            states = _slots.TakeLeaving();
        }

        if (states.Count == 0)
        {
            return;
        }

        await _saver.Idle;
        await Database.WriteAsync(
            static (connection, give) => give._store.Save(connection, give.states, giveUp: true), (_store, states), _stop.Token);
        _lease = _lease with { Owned = [.. _lease.Owned.Where(owned => states.TrueForAll(state => state.Slot != owned.Slot))] };
    }

    private static DateTimeOffset Earliest(params ReadOnlySpan<DateTimeOffset> times)
    {
        var earliest = DateTimeOffset.MaxValue;
        foreach (var time in times)
        {
            earliest = time < earliest ? time : earliest;
        }

        return earliest;
    }

    private static partial class Log
    {
        [LoggerMessage(2211, LogLevel.Warning, "A handler of topic {Topic} in group {Group} failed; the message is delivered again")]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string topic, string group);

        [LoggerMessage(2212, LogLevel.Warning, "Topic {Topic}, group {Group}: the database did not answer; trying again")]
        public static partial void DatabaseFailed(ILogger logger, Exception exception, string topic, string group);
    }
}
