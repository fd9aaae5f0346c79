using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Components.RabbitMq.PubSub;

/// <summary>What kind of queue it is and what it holds; the component says it for all queues, a subscription for its own.</summary>
internal sealed record QueueLimits
{
    private const string Quorum = "quorum";

    /// <summary><c>classic</c> or <c>quorum</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The most messages; what comes beyond pushes the oldest out.</summary>
    public long? MaxLength { get; init; }

    /// <summary>The most bytes.</summary>
    public long? MaxLengthBytes { get; init; }

    /// <summary>The highest priority that the queue knows; <see langword="null"/> for a queue without.</summary>
    public byte? MaxPriority { get; init; }

    /// <summary>Whether one consumer at a time gets messages, so that their order is kept across instances.</summary>
    public bool SingleActiveConsumer { get; init; }

    public bool IsQuorum => Type is Quorum;

    /// <exception cref="ComponentMetadataException">A field cannot be used.</exception>
    public static QueueLimits Parse(IReadOnlyDictionary<string, string> values)
    {
        var metadata = new ComponentMetadata(values);
        return new QueueLimits
        {
            Type = metadata.GetString("queueType") switch
            {
                null => null,
                "classic" => "classic",
                Quorum => Quorum,
                var type => throw new ComponentMetadataException("queueType", $"must be classic or quorum, not '{type}'"),
            },
            MaxLength = Count(metadata, "maxLen"),
            MaxLengthBytes = Count(metadata, "maxLenBytes"),
            MaxPriority = Count(metadata, "maxPriority") is { } priority ? (byte)Math.Min(priority, byte.MaxValue) : null,
            SingleActiveConsumer = metadata.GetBool("singleActiveConsumer", false),
        };
    }

    /// <summary>What the subscription says, and for the rest what the component says.</summary>
    public QueueLimits With(QueueLimits subscription) => new()
    {
        Type = subscription.Type ?? Type,
        MaxLength = subscription.MaxLength ?? MaxLength,
        MaxLengthBytes = subscription.MaxLengthBytes ?? MaxLengthBytes,
        MaxPriority = subscription.MaxPriority ?? MaxPriority,
        SingleActiveConsumer = subscription.SingleActiveConsumer || SingleActiveConsumer,
    };

    /// <summary>Refuses what the server would refuse with fewer words.</summary>
    public void Check(RabbitMqPubSubOptions options)
    {
        if (!IsQuorum)
        {
            return;
        }

        if (!options.Durable || options.DeletedWhenUnused)
        {
            throw new ComponentMetadataException(
                "queueType", $"cannot be quorum beside {(options.Durable ? "deletedWhenUnused: true" : "durable: false")}: a quorum queue is there to stay");
        }

        if (MaxPriority is not null)
        {
            throw new ComponentMetadataException("maxPriority", "cannot be set for a quorum queue");
        }
    }

    /// <summary>The arguments of a queue; the same that Dapr declares it with, so that either finds the other's queue fit.</summary>
    public Dictionary<string, object?> ToArguments(string? deadLetterExchange)
    {
        var arguments = ToSizeArguments();
        arguments["x-queue-type"] = Type ?? "classic";
        if (deadLetterExchange is not null)
        {
            arguments["x-dead-letter-exchange"] = deadLetterExchange;
        }

        if (MaxPriority is { } priority)
        {
            arguments["x-max-priority"] = priority;
        }

        if (SingleActiveConsumer)
        {
            arguments["x-single-active-consumer"] = true;
        }

        return arguments;
    }

    /// <summary>The arguments that say how much a queue holds.</summary>
    public Dictionary<string, object?> ToSizeArguments()
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (MaxLength is > 0)
        {
            arguments["x-max-length"] = MaxLength;
        }

        if (MaxLengthBytes is > 0)
        {
            arguments["x-max-length-bytes"] = MaxLengthBytes;
        }

        return arguments;
    }

    private static long? Count(ComponentMetadata metadata, string field) => metadata.GetString(field) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw new ComponentMetadataException(field, $"must be a whole number, not '{text}'"),
    };
}
