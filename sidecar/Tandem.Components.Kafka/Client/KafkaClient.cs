using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Tandem.Components.Kafka.Producing;

namespace Tandem.Components.Kafka.Client;

/// <summary>The way to one cluster, for one component: a producer that all callers share, and what consumers are made from.</summary>
internal sealed class KafkaClient(KafkaOptions options, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly FaultWatch _faults = new(options, logger);
    private RecordProducer? _producer;
    private TopicDirectory? _topics;

    public KafkaOptions Options => options;

    public TimeProvider TimeProvider => timeProvider;

    /// <summary>Sends messages.</summary>
    public RecordProducer Producer => _producer ?? throw new InvalidOperationException("The component is not initialized.");

    /// <summary>Knows which topics there are.</summary>
    public TopicDirectory Topics => _topics ?? throw new InvalidOperationException("The component is not initialized.");

    /// <summary>Waits for the brokers, for as long as the component may; what waiting does not mend is said at once.</summary>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        NativeClient.EnsureIsThere();
        _producer = new RecordProducer(options, _faults);
        _topics = new TopicDirectory(_producer.CreateAdministrator(), options, timeProvider);
        while (true)
        {
            try
            {
                await _topics.LookAsync(Patience);
                return;
            }
            catch (KafkaException exception)
            {
                if (_faults.Decisive is { } fault)
                {
                    throw fault;
                }

                if (cancellationToken.IsCancellationRequested)
                {
                    throw new KafkaFaultException($"metadata field 'brokers': {options.Address} cannot be reached: {_faults.Reason ?? exception.Error.Reason}", exception);
                }
            }

            await Task.Delay(Pause, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Makes a member of a consumer group, which has not subscribed yet.</summary>
    public IConsumer<byte[]?, byte[]?> CreateConsumer(string group, IRebalanceListener listener)
        => new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.ForConsumer(options, group))
            .SetErrorHandler((_, error) => _faults.OnError(error))
            .SetLogHandler((_, message) => _faults.OnLog(message))
            .SetPartitionsAssignedHandler((_, partitions) => listener.OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, positions) => listener.OnRevoked(positions.ConvertAll(static position => position.TopicPartition)))
            .SetPartitionsLostHandler((_, positions) => listener.OnLost(positions.ConvertAll(static position => position.TopicPartition)))
            .Build();

    /// <summary>A message came through.</summary>
    public void OnReceived() => _faults.OnSuccess();

    public async ValueTask DisposeAsync()
    {
        if (_topics is not null)
        {
            await _topics.DisposeAsync();
        }

        if (_producer is not null)
        {
            await _producer.DisposeAsync();
        }
    }
}

/// <summary>Hears which partitions a member of a group has; called while the member polls.</summary>
internal interface IRebalanceListener
{
    void OnAssigned(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Others will have these: what was handled is stored before this returns, and nothing of them is begun any more.</summary>
    void OnRevoked(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Others have had these for a while.</summary>
    void OnLost(IReadOnlyList<TopicPartition> partitions);
}
