using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Tandem.Components.Kafka.Client;

namespace Tandem.Components.Kafka.Consuming;

/// <summary>
/// One member of a consumer group. A thread of its own reads, as the library wants it, and hands each message to the lane of its partition;
/// what the lanes have done is stored from here, and committed by the library in the background and before a partition goes elsewhere.
/// </summary>
internal sealed partial class GroupMember : IRebalanceListener, IPartitionFlow, IAsyncDisposable
{
    /// <summary>How long the other members of the group wait for handlers that run here, before and after these are told to give up.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(2);

    /// <summary>How long it may take to leave the group, where no handler runs any more.</summary>
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StoreInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<TopicPartition, PartitionLane> _lanes = [];
    private readonly TopicSet _topics;
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly KafkaClient _client;
    private readonly ILogger _logger;
    private readonly CancellationToken _closing;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IConsumer<byte[]?, byte[]?> _consumer;
    private long _storedAt;

    /// <param name="closing">Tells handlers that the whole component closes.</param>
    public GroupMember(string group, KafkaClient client, ILogger logger, CancellationToken closing)
    {
        Group = group;
        _client = client;
        _logger = logger;
        _closing = closing;
        _topics = new TopicSet(client.TimeProvider);
        _consumer = client.CreateConsumer(group, this);
        new Thread(Run) { IsBackground = true, Name = $"kafka {group}" }.Start();
    }

    public string Group { get; }

    public void Add(string topic, TopicSubscriber subscriber) => _topics.Add(topic, subscriber);

    /// <summary>Reads the topic no longer, unless others here do.</summary>
    /// <returns>Whether there is nothing left to read.</returns>
    public Task<bool> RemoveAsync(string topic, TopicSubscriber subscriber) => _topics.RemoveAsync(topic, subscriber, _ended.Task);

    /// <summary>Leaves the group.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (await Task.WhenAny(_ended.Task, Task.Delay(FarewellLimit, _client.TimeProvider)) != _ended.Task)
        {
            // The library waits for brokers that are gone. The group finds out by itself, and the thread is nobody's reason to stay.
            Log.NotTakenLeave(_logger, Group);
            return;
        }

        _stop.Dispose();
    }

    public void Pause(TopicPartition partition) => TryOnPartition(partition, _consumer.Pause);

    public void Resume(TopicPartition partition) => TryOnPartition(partition, _consumer.Resume);

    public void OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        if (partitions.Count > 0)
        {
            Log.Assigned(_logger, Group, string.Join(", ", partitions.Select(Text)));
        }
    }

    public void OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
        var lanes = TakeLanes(partitions);
        var stopping = Task.WhenAll(lanes.ConvertAll(static lane => lane.Lane.StopAsync()));
        if (!stopping.Wait(Grace))
        {
            lanes.ForEach(static lane => lane.Lane.CancelHandlers());
            if (!stopping.Wait(LastGrace))
            {
                // Whoever has the partition next begins with what runs here, which is thereby handled twice.
                Log.NotWaitedFor(_logger, Group, string.Join(", ", partitions.Select(Text)));
            }
        }

        foreach (var (partition, lane) in lanes)
        {
            Store(partition, lane);
        }
    }

    public void OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        var lanes = TakeLanes(partitions);
        foreach (var (_, lane) in lanes)
        {
            _ = lane.StopAsync();
        }

        if (lanes.Count > 0)
        {
            Log.Lost(_logger, Group, string.Join(", ", partitions.Select(Text)));
        }
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Poll();
            }
            catch (ConsumeException exception) when (!exception.Error.IsFatal)
            {
                Say(exception.Error, exception.ConsumerRecord?.Topic);
            }
            catch (Exception exception)
            {
                Log.Failed(_logger, exception, Group);
                _stop.Token.WaitHandle.WaitOne(PauseAfterFault);
                Replace(exception);
            }
        }

        Close();
        _ended.SetResult();
    }

    private void Poll()
    {
        if (_topics.TakeChange() is { } topics)
        {
            StoreAll();
            _consumer.Subscribe(topics);
        }

        var result = _consumer.Consume(PollTime);
        if (result?.Message is not null && _topics.Find(result.Topic) is { } reader)
        {
            _client.OnReceived();
            _said.Clear();
            if (!_lanes.TryGetValue(result.TopicPartition, out var lane))
            {
                lane = new PartitionLane(result.TopicPartition, reader, _client.Options, this, _client.TimeProvider, _logger, _closing);
                _lanes.Add(result.TopicPartition, lane);
            }

            lane.Add(IncomingRecord.Read(result, _client.Options, _client.TimeProvider));
        }

        if (_client.TimeProvider.GetElapsedTime(_storedAt) > StoreInterval)
        {
            StoreAll();
        }
    }

    private void StoreAll()
    {
        _storedAt = _client.TimeProvider.GetTimestamp();
        foreach (var (partition, lane) in _lanes)
        {
            Store(partition, lane);
        }
    }

    private void Store(TopicPartition partition, PartitionLane lane)
    {
        if (lane.TakePosition() is { } position)
        {
            try
            {
                _consumer.StoreOffset(new TopicPartitionOffset(partition, position));
            }
            catch (KafkaException exception)
            {
                // The partition is no longer this member's: whoever has it begins where this one last committed.
                Log.NotStored(_logger, Group, Text(partition), exception.Error.Reason);
            }
        }
    }

    private List<(TopicPartition Partition, PartitionLane Lane)> TakeLanes(IReadOnlyList<TopicPartition> partitions)
    {
        var lanes = new List<(TopicPartition, PartitionLane)>();
        foreach (var partition in partitions)
        {
            if (_lanes.Remove(partition, out var lane))
            {
                lanes.Add((partition, lane));
            }
        }

        return lanes;
    }

    /// <summary>Lanes do this from their own threads, which the library allows, perhaps just after the partition went elsewhere.</summary>
    private static void TryOnPartition(TopicPartition partition, Action<IEnumerable<TopicPartition>> action)
    {
        try
        {
            action([partition]);
        }
        catch (Exception exception) when (exception is KafkaException or ObjectDisposedException)
        {
            // Then it is nothing to this member any more.
        }
    }

    private void Close()
    {
        try
        {
            // The last of what was handled is stored in here, as all partitions are revoked.
            _consumer.Close();
        }
        catch (KafkaException exception)
        {
            Log.Failed(_logger, exception, Group);
        }

        OnLost([.. _lanes.Keys]);
        _consumer.Dispose();
    }

    /// <summary>After a fault that the library does not get over, a new consumer takes the place of the old one.</summary>
    private void Replace(Exception exception)
    {
        if (exception is KafkaException { Error.IsFatal: true })
        {
            Close();
            _consumer = _client.CreateConsumer(Group, this);
            _topics.ChangeAgain();
        }
    }

    private void Say(Error error, string? topic)
    {
        var text = topic is null ? error.Reason : TopicFaults.Describe(error, topic);
        if (_said.Add(text))
        {
            Log.Interrupted(_logger, Group, text);
        }
    }

    private static string Text(TopicPartition partition) => $"{partition.Topic}/{partition.Partition.Value}";

    private static partial class Log
    {
        [LoggerMessage(3311, LogLevel.Information, "Consumer group {Group} reads {Partitions} here")]
        public static partial void Assigned(ILogger logger, string group, string partitions);

        [LoggerMessage(3312, LogLevel.Warning, "Consumer group {Group} lost {Partitions} to others while the brokers could not be reached; messages in hand may be handled twice")]
        public static partial void Lost(ILogger logger, string group, string partitions);

        [LoggerMessage(3313, LogLevel.Warning, "Consumer group {Group} gives {Partitions} to others while messages of theirs are still being handled; they may be handled twice")]
        public static partial void NotWaitedFor(ILogger logger, string group, string partitions);

        [LoggerMessage(3314, LogLevel.Debug, "Consumer group {Group}: the position of {Partition} could not be stored: {Reason}")]
        public static partial void NotStored(ILogger logger, string group, string partition, string reason);

        [LoggerMessage(3315, LogLevel.Warning, "Consumer group {Group} cannot read for now: {Reason}")]
        public static partial void Interrupted(ILogger logger, string group, string reason);

        [LoggerMessage(3317, LogLevel.Warning, "Consumer group {Group} could not be left in time, as the brokers did not answer; messages of the last second may be handled twice")]
        public static partial void NotTakenLeave(ILogger logger, string group);

        [LoggerMessage(3316, LogLevel.Error, "Consumer group {Group} failed, and goes on")]
        public static partial void Failed(ILogger logger, Exception exception, string group);
    }
}
