using Confluent.Kafka;
using Tandem.Components.Kafka.Client;

namespace Tandem.Components.Kafka.Producing;

/// <summary>
/// Sends messages, and answers each when the brokers have it. The messages of all callers share one producer: while some are on their way,
/// those that come are gathered and go out together.
/// </summary>
internal sealed class RecordProducer : IAsyncDisposable
{
    private static readonly TimeSpan PauseWhenFull = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(5);

    private readonly KafkaOptions _options;
    private readonly FaultWatch _faults;
    private readonly Lock _replacing = new();
    private readonly List<IProducer<byte[]?, byte[]?>> _producers = [];
    private volatile IProducer<byte[]?, byte[]?> _producer;

    public RecordProducer(KafkaOptions options, FaultWatch faults)
    {
        _options = options;
        _faults = faults;
        _producer = Create(ClientSettings.MayBeIdempotent(options));
    }

    /// <summary>A client for questions that uses this one's connections.</summary>
    public IAdminClient CreateAdministrator() => new DependentAdminClientBuilder(_producers[0].Handle).Build();

    /// <summary>Sends one message.</summary>
    /// <exception cref="KafkaFaultException">The brokers do not have it, as far as is known.</exception>
    public async Task SendAsync(OutgoingRecord record, CancellationToken cancellationToken)
    {
        while (true)
        {
            var producer = _producer;
            try
            {
                await producer.ProduceAsync(new TopicPartition(record.Topic, record.Partition), record.Message, cancellationToken);
                _faults.OnSuccess();
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> exception) when (exception.Error.Code is ErrorCode.Local_QueueFull)
            {
                // The brokers do not keep up: the publisher waits, as its messages do.
                await Task.Delay(PauseWhenFull, cancellationToken);
            }
            catch (ProduceException<byte[]?, byte[]?> exception) when (TryReplace(producer, exception.Error))
            {
                // Sent again by the next producer.
            }
            catch (ProduceException<byte[]?, byte[]?> exception)
            {
                throw new KafkaFaultException(Describe(exception.Error, record.Topic), exception);
            }
        }
    }

    /// <summary>Sends several messages at once, in their order.</summary>
    public async Task SendAsync(IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken)
    {
        var sending = new Task[records.Count];
        for (var i = 0; i < sending.Length; i++)
        {
            sending[i] = SendAsync(records[i], cancellationToken);
        }

        await Task.WhenAll(sending);
    }

    public async ValueTask DisposeAsync()
    {
        // Both wait for the brokers, on a thread of their own.
        await Task.Run(() =>
        {
            _producer.Flush(FarewellLimit);
            _producers.ForEach(static producer => producer.Dispose());
        });
    }

    /// <summary>
    /// A producer with an ID that the brokers deny it, or no longer know, sends nothing any more: one without takes its place. The first stays
    /// for those who use its connections.
    /// </summary>
    private bool TryReplace(IProducer<byte[]?, byte[]?> producer, Error error)
    {
        var isOver = error.IsFatal || error.Code is ErrorCode.Local_Fatal or ErrorCode.Local_PurgeQueue
            or ErrorCode.ClusterAuthorizationFailed or ErrorCode.OutOfOrderSequenceNumber or ErrorCode.InvalidProducerEpoch or ErrorCode.UnknownProducerId;
        if (!isOver)
        {
            return false;
        }

        lock (_replacing)
        {
            if (producer != _producer)
            {
                return true;
            }

            if (_producers.Count > 1)
            {
                return false;
            }

            _faults.OnDowngrade(error.Reason);
            _producer = Create(isIdempotent: false);
            return true;
        }
    }

    private IProducer<byte[]?, byte[]?> Create(bool isIdempotent)
    {
        var producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.ForProducer(_options, isIdempotent))
            .SetErrorHandler((_, error) => _faults.OnError(error))
            .SetLogHandler((_, message) => _faults.OnLog(message))
            .Build();
        _producers.Add(producer);
        return producer;
    }

    private string Describe(Error error, string topic) => error.Code is ErrorCode.Local_MsgTimedOut
        ? $"{_options.Address} did not take the message within {_options.WriteTimeout.TotalSeconds} s (writeTimeout): {_faults.Reason ?? "there was no answer"}"
        : TopicFaults.Describe(error, topic);
}
