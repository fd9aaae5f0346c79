using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Components.RabbitMq.PubSub;

/// <summary>The metadata of <c>pubsub.rabbitmq</c> beside the server's.</summary>
internal sealed record RabbitMqPubSubOptions
{
    /// <summary>How many messages are handled at once where the server may send as many as it has.</summary>
    private const int MostAtOnce = 100;

    /// <summary>Whether exchanges and queues outlive a restart of the server.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Whether a queue goes with its last consumer, and an exchange with its last queue.</summary>
    public bool DeletedWhenUnused { get; init; } = true;

    /// <summary>Whether a message is done when it was sent, whatever becomes of it.</summary>
    public bool AutoAck { get; init; }

    /// <summary>Whether a message that was not handled goes back to its queue; if not, it is dropped or dead-lettered.</summary>
    public bool RequeueInFailure { get; init; }

    /// <summary>2 is on disk; 0 and 1 are not.</summary>
    public int DeliveryMode { get; init; }

    /// <summary>How many messages a subscription may have in hand; zero for no limit.</summary>
    public ushort PrefetchCount { get; init; }

    /// <summary>One message after the other, in the queue's order.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Whether a publish is answered when the server has the message as safely as it can.</summary>
    public bool PublisherConfirm { get; init; }

    /// <summary>Whether queues have a queue beside them for what was not handled.</summary>
    public bool EnableDeadLetter { get; init; }

    public string ExchangeKind { get; init; } = "fanout";

    /// <summary>How long a message lives that does not say so itself.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether a message's properties and headers are given to the subscriber.</summary>
    public bool PublishesProperties { get; init; }

    /// <summary>What queues are like whose subscription does not say otherwise.</summary>
    public QueueLimits Limits { get; init; } = new();

    /// <summary>How many messages are handled at once.</summary>
    public int Concurrency => IsSingle ? 1 : PrefetchCount > 0 ? PrefetchCount : MostAtOnce;

    public static RabbitMqPubSubOptions Parse(ComponentMetadata metadata)
    {
        var options = new RabbitMqPubSubOptions
        {
            Durable = metadata.GetBool("durable", true),
            DeletedWhenUnused = metadata.GetBool("deletedWhenUnused", true),
            AutoAck = metadata.GetBool("autoAck", false),
            RequeueInFailure = metadata.GetBool("requeueInFailure", false),
            DeliveryMode = Number(metadata, "deliveryMode", 2),
            PrefetchCount = (ushort)Number(metadata, "prefetchCount", ushort.MaxValue),
            IsSingle = ParseConcurrency(metadata),
            PublisherConfirm = metadata.GetBool("publisherConfirm", false),
            EnableDeadLetter = metadata.GetBool("enableDeadLetter", false),
            ExchangeKind = metadata.GetString("exchangeKind") switch
            {
                null => "fanout",
                "fanout" or "topic" or "direct" or "headers" => metadata.GetString("exchangeKind")!,
                var kind => throw new ComponentMetadataException("exchangeKind", $"must be fanout, topic, direct or headers, not '{kind}'"),
            },
            TimeToLive = metadata.GetString("ttl") is null ? TimeToLiveOf(metadata, "ttlInSeconds") : TimeToLiveOf(metadata, "ttl"),
            PublishesProperties = metadata.GetBool("publishMessagePropertiesToMetadata", false),
            Limits = QueueLimits.Parse(metadata.Values),
        };
        options.Limits.Check(options);
        return options;
    }

    private static int Number(ComponentMetadata metadata, string field, int most)
    {
        var number = metadata.GetInt(field, 0);
        return number >= 0 && number <= most
            ? number
            : throw new ComponentMetadataException(field, string.Create(CultureInfo.InvariantCulture, $"must be between 0 and {most}, not {number}"));
    }

    private static bool ParseConcurrency(ComponentMetadata metadata)
    {
        // Dapr documents `concurrency` and reads `concurrencyMode`.
        var field = metadata.GetString("concurrencyMode") is null ? "concurrency" : "concurrencyMode";
        return metadata.GetString(field) switch
        {
            null or "parallel" => false,
            "single" => true,
            var mode => throw new ComponentMetadataException(field, $"must be single or parallel, not '{mode}'"),
        };
    }

    private static TimeSpan? TimeToLiveOf(ComponentMetadata metadata, string field)
    {
        if (metadata.GetString(field) is null)
        {
            return null;
        }

        var duration = metadata.GetDuration(field, TimeSpan.Zero);
        return duration > TimeSpan.Zero && duration.TotalMilliseconds <= uint.MaxValue
            ? duration
            : throw new ComponentMetadataException(field, "must be more than zero and less than 50 days");
    }
}
