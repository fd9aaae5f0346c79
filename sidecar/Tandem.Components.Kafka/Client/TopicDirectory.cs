using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace Tandem.Components.Kafka.Client;

/// <summary>Which topics there are. To ask for one makes it, where the brokers make topics by themselves.</summary>
internal sealed partial class TopicDirectory(IAdminClient administrator, KafkaOptions options, TimeProvider timeProvider) : IAsyncDisposable
{
    private static readonly TimeSpan CreationLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private int _asking;

    /// <summary>Fails when the name is none that Kafka takes.</summary>
    public static void CheckName(string topic)
    {
        if (topic is "." or ".." || !Name().IsMatch(topic))
        {
            throw new KafkaFaultException($"topic '{topic}' has a name that Kafka does not take: letters, digits, '.', '_' and '-', at most 249");
        }
    }

    /// <summary>Asks the brokers anything: an answer means that they are there.</summary>
    public Task LookAsync(TimeSpan patience) => AskAsync(() => administrator.GetMetadata(patience));

    /// <summary>Waits until the topic can be read.</summary>
    public async Task EnsureAsync(string topic, CancellationToken cancellationToken)
    {
        CheckName(topic);
        if (_known.ContainsKey(topic))
        {
            return;
        }

        var patience = options.MetadataTimeout > TimeSpan.Zero ? options.MetadataTimeout : Patience;
        for (var began = timeProvider.GetTimestamp(); ;)
        {
            var found = await FindAsync(topic, patience).WaitAsync(cancellationToken);
            if (found is { Error.IsError: false, Partitions.Count: > 0 })
            {
                _known.TryAdd(topic, true);
                return;
            }

            var error = found?.Error ?? new Error(ErrorCode.UnknownTopicOrPart);
            var isPassing = !error.IsError || error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.LeaderNotAvailable;
            if (!isPassing || timeProvider.GetElapsedTime(began) > CreationLimit)
            {
                throw new KafkaFaultException(TopicFaults.Describe(error, topic));
            }

            await Task.Delay(Pause, timeProvider, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        while (Volatile.Read(ref _asking) > 0)
        {
            // The library must not lose its client under a running call; each has its limit.
            await Task.Delay(Pause, timeProvider);
        }

        administrator.Dispose();
        _closing.Dispose();
    }

    private async Task<TopicMetadata?> FindAsync(string topic, TimeSpan patience)
    {
        try
        {
            return (await AskAsync(() => administrator.GetMetadata(topic, patience))).Topics.Find(found => found.Topic == topic);
        }
        catch (KafkaException exception)
        {
            throw new KafkaFaultException($"{options.Address} cannot be asked for topic '{topic}': {exception.Error.Reason}", exception);
        }
    }

    /// <summary>The library's call blocks its thread: so it gets one of the pool, seldom enough.</summary>
    private async Task<Confluent.Kafka.Metadata> AskAsync(Func<Confluent.Kafka.Metadata> ask)
    {
        Interlocked.Increment(ref _asking);
        try
        {
            return await Task.Run(ask, _closing.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]{1,249}\z")]
    private static partial Regex Name();
}
